import { spawnSync } from 'node:child_process';
import { root } from './uptower.ts';

/** Journeys run the bundle that users run: build what changed first. */
export default function setup(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
}
