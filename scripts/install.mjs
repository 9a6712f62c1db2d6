// Installs the locked dependencies when they are missing or the lock file changed.
import { readdirSync } from 'node:fs';
import { root, run, step, whenChanged } from './lib.mjs';

const manifests = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
  .map((entry) => `${entry.name}/package.json`);

export const install = () =>
  whenChanged('install', ['package-lock.json', 'package.json', ...manifests], ['node_modules/.package-lock.json'], () =>
    step('installing dependencies (the first time takes a few minutes)', () =>
      run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
    ),
  );
