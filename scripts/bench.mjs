// `npm run bench NAME [-- options]`: installs and builds what is missing, then runs tests/bench/NAME/main.ts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode, root, show } from './lib.mjs';

requireNode();
const folder = join(root, 'tests/bench');
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'main.ts')));
const [name, ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(
    `${name ? `there is no benchmark "${name}"` : 'which benchmark?'} There are: ${names.join(', ')}\n`,
  );
  process.exit(2);
}
await install();
await build();
process.exitCode = await show('npx', ['tsx', join(folder, name, 'main.ts'), ...options]);
