// `npm test`: installs what the tests need, checks types, lint and arrows, builds, runs every test, and ends with one line
// `N passed, N failed`. Arguments go on to vitest: `npm test -- --project unit solver`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { install } from './install.mjs';
import { requireNode, root, run, show, step } from './lib.mjs';

/** What the journeys and browser tests need beyond npm, by the file that shows it is there. */
const DEBIAN_PACKAGES = [
  ['chromium', '/usr/bin/chromium'],
  ['fonts-noto-cjk', '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'],
  ['mosquitto-clients', '/usr/bin/mosquitto_pub'],
  ['nats-server', '/usr/sbin/nats-server'],
  ['mosquitto', '/usr/sbin/mosquitto'],
  ['influxdb', '/usr/bin/influxd'],
  ['victoria-metrics', '/usr/bin/victoria-metrics'],
  ['postgresql', '/usr/lib/postgresql/15/bin/postgres'],
  ['faketime', '/usr/bin/faketime'],
  ['iproute2', '/usr/sbin/ip'],
];

async function installSystemPackages() {
  const missing = DEBIAN_PACKAGES.filter(([, file]) => !existsSync(file)).map(([name]) => name);
  if (missing.length === 0) return;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    await step(`installing ${missing.join(', ')}`, async () => {
      await run('apt-get', ['update', '-qq']);
      await run('apt-get', ['install', '-y', '-qq', ...missing], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    });
  } else if (missing.includes('chromium')) {
    await step("installing Playwright's browser", () => run('npx', ['playwright-core', 'install', 'chromium']));
  }
}

requireNode();
let passed = 0;
let failed = 0;
try {
  await install();
  await installSystemPackages();
  const extra = process.argv.slice(2);
  if (extra.length === 0) {
    const checks = await check();
    passed += checks.passed;
    failed += checks.failed;
  }
  await build();
  const report = join(root, '.cache/vitest.json');
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  await show('npx', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...extra,
  ]);
  if (existsSync(report)) {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    passed += result.numPassedTests;
    // A file that could not even be loaded has no failed test in it, and must not pass for that.
    const unloaded = result.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status === 'passed'),
    );
    failed += result.numFailedTests + unloaded.length;
    const skipped = result.numPendingTests + result.numTodoTests;
    if (skipped > 0 && extra.length === 0) {
      process.stderr.write(`${skipped} tests were skipped: that counts as failed here\n`);
      failed += skipped;
    }
  } else failed += 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  failed += 1;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
