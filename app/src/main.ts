import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TlsFileProblem } from '@uptower/broker';
import {
  createLogger,
  DirectoryInUse,
  randomSecret,
  shownHostOf,
  urlHost,
  verifyChain,
  verifyPostgresChain,
  wallClock,
} from '@uptower/platform';
import { HistoryError } from '@uptower/simulators';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CommandFailed } from './cli/api-client.ts';
import { backup, restore } from './cli/backup.ts';
import { connect } from './cli/connect.ts';
import { type ExportOptions, exportReadings } from './cli/export.ts';
import { addJournalCommands, type CommandContext } from './cli/journal.ts';
import { addPredictionCommands } from './cli/prediction-commands.ts';
import { replay } from './cli/replay.ts';
import { WrongInput } from './cli/solve.ts';
import { addSolveCommands } from './cli/solve-commands.ts';
import { tlsInit } from './cli/tls.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { startDemo } from './demo.ts';
import { type RunningServer, startServer } from './server.ts';
import { recordsFile } from './store-settings.ts';

// From the bundle app/dist/main.js.
const DASHBOARD = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));
const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Settings of a server as command-line options; names as in the configuration. */
function withServerOptions(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'where telemetry and records are kept (default ./data)')
    .option('--host <address>', 'address to listen on (default 127.0.0.1; 0.0.0.0 for every network)')
    .option('--mqtt-port <port>', 'port of the broker (default 1883, the next free one when taken)')
    .option('--web-port <port>', 'port of the web server (default 8080, the next free one when taken)')
    .option('--log-level <level>', 'debug, info, warn, error, silent (default info)');
}

const configOf = (options: Record<string, unknown>): Config =>
  loadConfig({ file: 'uptower.config.json', environment: process.env, options });

/** Stops cleanly on the first signal (also while it is still starting), at once on the second. */
function stopOnSignal(starting: Promise<RunningServer>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    process.stderr.write('\nstopping … (once more to stop at once)\n');
    starting
      .then((server) => server.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function ports(config: Config, server: RunningServer): string[] {
  const moved = (wanted: number, got: number) => (wanted !== 0 && wanted !== got ? `   (port ${wanted} is taken)` : '');
  const host = urlHost(shownHostOf(config));
  return [
    `  web     http://${host}:${server.webPort}${moved(config.webPort, server.webPort)}`,
    `  broker  ${config.externalBroker ?? `mqtt://${host}:${server.mqttPort}${moved(config.mqttPort, server.mqttPort)}`}`,
    ...otherPorts(config, server),
    `  data    ${config.dataDir}   (log in ${join(config.dataDir, 'uptower.log')})`,
  ];
}

/** How else devices may connect, and why not by TLS. */
function otherPorts(config: Config, { mqttPorts, webPort }: RunningServer): string[] {
  if (config.externalBroker) return [];
  const { tls, ws, wss } = mqttPorts;
  const host = urlHost(shownHostOf(config));
  return [
    `          ws://${host}:${ws ?? webPort}/mqtt`,
    ...(tls === null
      ? ['          TLS is off: there is no certificate ("npx uptower tls init" makes one)']
      : [`          mqtts://${host}:${tls}${wss === null ? '' : `   wss://${host}:${wss}/mqtt`}`]),
  ];
}

async function demo(options: Record<string, unknown>): Promise<void> {
  const config = configOf(options);
  const log = createLogger(config.logLevel, join(config.dataDir, 'uptower.log'));
  process.stderr.write('starting …\n');
  const starting = startDemo(config, log, DASHBOARD);
  stopOnSignal(starting);
  const running = await starting;
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Shanghai',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  say(
    [
      `Uptower ${VERSION} is running a simulated region: ${config.speed} s of it pass each second; it is ${local.format(running.clock.now())} there.`,
      '',
      ...ports(config, running),
      '',
      '  sign in as        password',
      ...running.demoAccounts.map(
        ({ username, password, name, role }) => `  ${username.padEnd(16)}  ${password}   ${role}, ${name.en}`,
      ),
      '',
      'The first failure is foreseen within a minute: open the web page and choose "Follow this story".',
      'Ctrl-C stops; the next start goes on where this one ended.',
    ].join('\n'),
  );
}

async function serve(options: Record<string, unknown>): Promise<void> {
  const config = configOf(options);
  const log = createLogger(config.logLevel);
  const starting = startServer({ config, log, dashboard: DASHBOARD });
  stopOnSignal(starting);
  const server = await starting;
  const lines = ['Uptower is running.', '', ...ports(config, server).slice(0, -1), ''];
  if (server.accounts.count() === 0) {
    const password = randomSecret();
    await server.accounts.create({
      username: 'admin',
      password,
      name: { en: 'Administrator', zh: '管理员' },
      role: 'admin',
      hospitalId: null,
      engineerId: null,
      demo: false,
    });
    lines.push('First start: an administrator was made. It is shown only this once.', '');
    lines.push('  user name  admin', `  password   ${password}`, '');
  }
  // In one piece: whoever reads the first line has the rest.
  say(lines.join('\n'));
}

const speed = (text: string): number => {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number greater than 0, or max.');
  return value;
};

const program = new Command('uptower')
  .description('Keeps medical equipment in clinical service: telemetry, predictive alerts, dispatch, uptime.')
  .version(VERSION)
  .exitOverride()
  .showSuggestionAfterError(true);

withServerOptions(program.command('demo'))
  .description('run everything with a simulated region around it (what npm start does)')
  .option('--speed <factor>', 'simulated seconds in one real second (default 60)')
  .option('--seed <number>', 'another seed is another fleet of faults (default 1)')
  .action(demo);

withServerOptions(program.command('serve'))
  .description('run for real devices: wall clock, no simulation')
  .action(serve);

program
  .command('connect')
  .description('register a device with a running server and print what it needs to publish')
  .argument('[device]', 'its id: lower-case letters, digits, hyphens; or site_… for that site’s gateway', 'my-device')
  .option('--model <id>', 'its model (default: a generic one that accepts any metric)')
  .option('--site <id>', 'where it stands (default: the first site)')
  .option('--name <text>', 'its name on the screens')
  .option('--alias <name...>', 'what else it is called: by a Sparkplug node, a ThingsBoard gateway, a line’s tag')
  .option('--renew', 'a new credential for a device that is known; the old one stops working')
  .option('--certificate', 'make it a client certificate instead of a password (needs "tls init")')
  .option('--data-dir <dir>', 'data directory of the running server (default ./data)')
  .option('--json', 'print JSON')
  .action(
    async (
      device: string,
      options: {
        dataDir?: string;
        model?: string;
        site?: string;
        name?: string;
        alias?: string[];
        renew?: boolean;
        certificate?: boolean;
        json?: boolean;
      },
    ) => {
      const { dataDir } = configOf({ dataDir: options.dataDir });
      say(await connect(device, { ...options, dataDir }));
    },
  );

program
  .command('replay')
  .description('publish a history of CSV files as devices over MQTT, and judge what was foreseen')
  .argument('<file...>', 'the CSV files')
  .requiredOption('--map <mapping>', 'how to read them: a history.json, or a shipped mapping (backblaze-drives)')
  .option('--speed <factor>', 'seconds of the history in one real second, or max', speed, Number.POSITIVE_INFINITY)
  .option('--out <file>', 'write the orders as CSV')
  .option('--data-dir <dir>', 'data directory of the running server (default ./data); without one it starts its own')
  .option('--json', 'print JSON')
  .addHelpText(
    'after',
    '\nInterrupted, the same command goes on where it stopped. The form of a mapping is in docs/replay.md.',
  )
  .action(
    async (
      files: string[],
      options: { map: string; speed: number; out?: string; dataDir?: string; json?: boolean },
    ) => {
      say(await replay(files, configOf({ dataDir: options.dataDir }), options));
    },
  );

const tls = program.command('tls').description('certificates for MQTT over TLS');
tls
  .command('init')
  .description('make an authority and a server certificate in the data directory')
  .option('--name <name...>', 'further host names or addresses of this server')
  .option('--renew', 'a new server certificate of the same authority')
  .option('--data-dir <dir>', 'data directory (default ./data)')
  .action(async (options: { dataDir?: string; name?: string[]; renew?: boolean }) => {
    const { dataDir } = configOf({ dataDir: options.dataDir });
    say(await tlsInit(dataDir, options.name ?? [], options.renew ?? false, wallClock().now()));
  });

program
  .command('backup')
  .description('copy everything a running or stopped server keeps, consistent at one moment, with hashes')
  .argument('<target>', 'a new directory, or a file *.tar, *.tar.gz, *.tgz')
  .option('--data-dir <dir>', 'data directory of the server (default ./data)')
  .action(async (target: string, options: { dataDir?: string }) => {
    say(await backup(target, { dataDir: configOf({ dataDir: options.dataDir }).dataDir, version: VERSION }));
  });

program
  .command('restore')
  .description('check a backup and put it into a new data directory')
  .argument('<backup>', 'what uptower backup made')
  .requiredOption('--data-dir <dir>', 'the new data directory; must not exist or be empty')
  .action(async (source: string, options: { dataDir: string }) => {
    say(await restore(source, options.dataDir));
  });

const context: CommandContext = { say, dataDirOf: (dataDir) => configOf({ dataDir }).dataDir };
const journal = addJournalCommands(program, context);

const moment = (text: string): number => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('a date or time like 2026-03-02 or 2026-03-02T08:00:00Z.');
  return at;
};

program
  .command('export')
  .description('write stored readings into a CSV or Parquet file; with a server running, or without')
  .requiredOption('--from <time>', 'first moment, e.g. 2026-03-02 (UTC) or 2026-03-02T08:00:00+08:00', moment)
  .requiredOption('--to <time>', 'the moment after the last', moment)
  .option('--device <id...>', 'these devices (default: all)')
  .option('--metric <key...>', 'these metrics (default: all)')
  .addOption(new Option('--format <format>', 'how to write it').choices(['csv', 'parquet']).default('csv'))
  .requiredOption('--out <file>', 'the file to write')
  .option('--data-dir <dir>', 'data directory (default ./data)')
  .action(async ({ dataDir, ...what }: ExportOptions & { dataDir?: string }) => {
    say(await exportReadings(configOf({ dataDir }), what));
  });

addPredictionCommands(program, context);
addSolveCommands(program, say);

const audit = program.command('audit').description('check the records');
audit
  .command('verify')
  .description('recompute the hash chain of the event log: any changed row shows')
  .option('--data-dir <dir>', 'data directory (default ./data)')
  .option('--expect <hash>', 'a hash noted earlier: fails when it is no longer in the chain (the end was cut off)')
  .action(async (options: { dataDir?: string; expect?: string }) => {
    const { dataDir, recordsUrl } = configOf({ dataDir: options.dataDir });
    const file = recordsFile(dataDir);
    if (!recordsUrl && !existsSync(file)) throw new CommandFailed(`there are no records at ${file}`);
    const { ok, checked, brokenAt, head, hasExpected } = recordsUrl
      ? await verifyPostgresChain(recordsUrl, options.expect)
      : verifyChain(file, options.expect);
    if (!ok) throw new CommandFailed(`the chain breaks at event ${brokenAt}; ${checked} events before it are intact`);
    if (!hasExpected)
      throw new CommandFailed(`the chain of ${checked} events is intact but no longer holds ${options.expect}`);
    say(`${checked} events, the chain is intact; note its last hash to see later that nothing was cut off:\n${head}`);
  });

/** Exit 0 done, 1 failed, 2 used wrongly. */
async function run(): Promise<void> {
  try {
    for (const command of [program, ...program.commands, ...audit.commands, ...tls.commands, ...journal.commands])
      command.exitOverride().showSuggestionAfterError();
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`${inPlainWords(error)}\n`);
    process.exit(error instanceof ConfigError || error instanceof WrongInput ? 2 : 1);
  }
}

/** What went wrong outside of this program: no stack trace helps with a missing permission. */
const OUTSIDE =
  /^(EACCES|EPERM|EROFS|ENOSPC|EEXIST|ENOTDIR|ENOTFOUND|EADDRINUSE|EADDRNOTAVAIL|SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_FULL)/;

function inPlainWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = [CommandFailed, ConfigError, DirectoryInUse, HistoryError, TlsFileProblem].some(
    (kind) => error instanceof kind,
  );
  const { code } = error as { code?: unknown };
  return expected || (typeof code === 'string' && OUTSIDE.test(code)) ? error.message : (error.stack ?? error.message);
}

// Whoever read this (`| head`) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

await run();
