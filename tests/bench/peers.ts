import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEERS = fileURLToPath(new URL('../../.cache/peers', import.meta.url));

/**
 * What we only compare ourselves with, or speak to in a test, is installed where it is used and is no dependency of ours.
 * Returns the folder its `node_modules` lie in.
 */
export function installPeer(name: string, version: string): string {
  const folder = join(PEERS, `${name}-${version}`);
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`installing ${name} ${version} to compare with …\n`);
  execFileSync(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  return folder;
}
