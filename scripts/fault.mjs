// `npm run fault`: makes faults under load, round after round, and counts what was acknowledged, lost and doubled.
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode, show } from './lib.mjs';

requireNode();
try {
  await install();
  await build();
  process.exitCode = await show(process.execPath, [
    '--import',
    'tsx',
    'tests/faults/campaign/main.ts',
    ...process.argv.slice(2),
  ]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
