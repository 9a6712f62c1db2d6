// `npm start`: install and build what is missing, then run the demo in this very process (so that one signal ends it all).
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode } from './lib.mjs';

requireNode();
try {
  await install();
  await build();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
process.argv.splice(2, 0, 'demo');
await import('../app/dist/main.js');
