import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, listening, start } from '../process.ts';
import { anonymousFleet } from './fleet.ts';
import { atOnce, NODE_FLAGS, root, scratch, type Target } from './target.ts';

/** Our broker and journal, bundled like the product. */
export async function acknowledgeOnly(connections: number): Promise<Target> {
  const directory = scratch();
  const port = await freePort();
  const bundle = join(root, '.cache/bench/acknowledge-only.mjs');
  const { build } = await import('esbuild');
  await build({
    entryPoints: [fileURLToPath(new URL('./acknowledge-only.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'silent',
    plugins: [
      {
        name: 'externals',
        setup(context) {
          context.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@uptower/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  const server = start(process.execPath, [...NODE_FLAGS, bundle, directory, String(port)]);
  await listening(port).catch((error) => {
    throw new Error(`${error.message}\n${server.output()}`);
  });
  return {
    port,
    fleet: anonymousFleet(connections),
    pids: [server.pid],
    settled: atOnce,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
