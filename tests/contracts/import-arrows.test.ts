import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const FORBIDDEN = [
  ['domain/src/a.ts', '@uptower/platform'],
  ['domain/src/b.ts', '../../platform/src/clock.ts'],
  ['domain/src/c.ts', 'node:fs'],
  ['platform/src/a.ts', '@uptower/gateway'],
  ['broker/src/a.ts', '@uptower/gateway'],
  ['gateway/src/telemetry/a.ts', '@uptower/dispatch'],
  ['gateway/src/telemetry/b.ts', '../../../dispatch/src/index.ts'],
  ['dispatch/src/a.ts', '@uptower/gateway'],
  ['dispatch/src/solver/a.ts', '@uptower/domain'],
  ['dispatch/src/solver/b.ts', '../state.ts'],
  ['simulators/src/a.ts', '@uptower/gateway'],
  ['dashboard/src/a.ts', '@uptower/platform'],
] as const;

const ALLOWED = [
  ['gateway/src/telemetry/ok.ts', '@uptower/domain'],
  ['gateway/src/telemetry/ok2.ts', '../alarms/b.ts'],
  ['app/src/ok.ts', '@uptower/gateway'],
  ['dispatch/src/solver/ok.ts', './b.ts'],
] as const;

let report = '';

/** The project's own lint configuration over a scratch tree of offenders. */
beforeAll(() => {
  const tree = mkdtempSync(join(tmpdir(), 'uptower-arrows-'));
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  delete config.vcs;
  delete config.$schema;
  writeFileSync(join(tree, 'biome.json'), JSON.stringify(config));
  for (const [file, imported] of [...FORBIDDEN, ...ALLOWED]) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `import { x } from '${imported}';\n\nx();\n`);
  }
  const biome = join(root, 'node_modules/.bin/biome');
  const { stdout, stderr } = spawnSync(biome, ['lint', '--max-diagnostics=200', '--only=noRestrictedImports', '.'], {
    cwd: tree,
    encoding: 'utf8',
  });
  report = stdout + stderr;
  // One more: its own configuration.
  expect(report).toContain(`Checked ${FORBIDDEN.length + ALLOWED.length + 1} files`);
});

test.each(FORBIDDEN)('%s may not import %s', (file) => {
  expect(report).toContain(`${file}:1:`);
});

test.each(ALLOWED)('%s may import %s', (file) => {
  expect(report).not.toContain(`${file}:1:`);
});
