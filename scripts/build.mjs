// Bundles the server with its workers into app/dist and the dashboard into dashboard/dist; only what changed.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, step, whenChanged } from './lib.mjs';

const SERVER = ['domain', 'platform', 'broker', 'gateway', 'dispatch', 'simulators', 'app'];

/** Worker entries keep their base name: `x.worker.ts` is found as `x.worker.js` beside the bundle (platform/src/worker.ts). */
function workerEntries() {
  return SERVER.flatMap((name) =>
    readdirSync(join(root, name, 'src'), { recursive: true })
      .filter((file) => file.endsWith('.worker.ts'))
      .map((file) => join(root, name, 'src', file)),
  );
}

async function bundleServer() {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [
      { in: join(root, 'app/src/main.ts'), out: 'main' },
      ...workerEntries().map((file) => ({ in: file, out: basename(file, '.ts') })),
    ],
    outdir: join(root, 'app/dist'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    logLevel: 'silent',
    plugins: [
      {
        // Our own workspaces go into the bundle, everything from the registry stays where npm put it.
        name: 'externals',
        setup(context) {
          context.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@uptower/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
}

export async function build() {
  await whenChanged(
    'server',
    [...SERVER.flatMap((name) => [`${name}/src`, `${name}/package.json`]), 'scripts/build.mjs'],
    ['app/dist/main.js'],
    () => step('building the server', bundleServer),
  );
  await whenChanged(
    'dashboard',
    [
      'domain/src',
      'dashboard/src',
      'dashboard/public',
      'dashboard/index.html',
      'dashboard/vite.config.ts',
      'dashboard/package.json',
    ],
    ['dashboard/dist/index.html'],
    () =>
      step('building the dashboard', () =>
        run('npx', ['vite', 'build', '--logLevel', 'error'], { cwd: join(root, 'dashboard') }),
      ),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
