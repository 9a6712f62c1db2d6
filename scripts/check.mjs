// Types, lint and the import arrows; each is one check. `npm run check`.
import { pathToFileURL } from 'node:url';
import { run, step } from './lib.mjs';

const CHECKS = [
  ['types of the servers', 'npx', ['tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['types of the dashboard', 'npx', ['tsc', '--noEmit', '-p', 'dashboard/tsconfig.json']],
  ['lint, format and import arrows', 'npx', ['biome', 'ci', '--error-on-warnings', '.']],
];

/** How many checks passed and failed; what failed is printed. */
export async function check() {
  let passed = 0;
  let failed = 0;
  for (const [name, command, args] of CHECKS) {
    try {
      await step(name, () => run(command, args));
      passed += 1;
    } catch (error) {
      failed += 1;
      process.stderr.write(`${error.message}\n`);
    }
  }
  return { passed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { failed } = await check();
  process.exitCode = failed === 0 ? 0 : 1;
}
