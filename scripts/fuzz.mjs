// `npm run fuzz -- [runs] [seed]`: every input with damaged messages, for longer than `npm test` does it. Each property is
// run so many times (2000 when left out); a failure prints the seed and path that bring it back.
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode, show } from './lib.mjs';

requireNode();
const [runs = '2000', seed] = process.argv.slice(2);
for (const [name, value] of [
  ['runs', runs],
  ['seed', seed],
])
  if (value !== undefined && !/^-?\d+$/.test(value)) {
    process.stderr.write(`${name} is a whole number, not "${value}"\n`);
    process.exit(2);
  }
await install();
await build();
const env = { ...process.env, FUZZ_RUNS: runs, ...(seed === undefined ? {} : { FUZZ_SEED: seed }) };
// Hours, if somebody wants them.
const code = await show(
  'npx',
  ['vitest', 'run', '--project', 'journeys', '--testTimeout=86400000', 'tests/faults/fuzz'],
  { env },
);
process.exitCode = code ?? 0;
