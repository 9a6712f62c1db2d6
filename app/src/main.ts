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
import { backtestCommand } from './cli/backtest.ts';
import { backup, restore } from './cli/backup.ts';
import { connect } from './cli/connect.ts';
import { detect } from './cli/detect.ts';
import { type ExportOptions, exportReadings } from './cli/export.ts';
import { addJournalCommands, type CommandContext } from './cli/journal.ts';
import { type LearnedOptions, learned, listLearned, removeLearned } from './cli/learned.ts';
import { replay } from './cli/replay.ts';
import { type RulCommandOptions, rul } from './cli/rul.ts';
import { type ScoreOptions, scoreCommand } from './cli/score.ts';
import { WrongInput } from './cli/solve.ts';
import { addSolveCommands } from './cli/solve-commands.ts';
import { tlsInit } from './cli/tls.ts';
import { trainCommand } from './cli/train.ts';
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

program
  .command('train')
  .description('learn from histories how likely each component is to fail within the horizon')
  .requiredOption('--history <file...>', 'histories: history.json manifests, or a shipped mapping')
  .requiredOption('--out <file>', 'where to write what was learned')
  .addHelpText('after', '\nInterrupted, the same command goes on with what was not yet learned.')
  .action(async ({ history, out }: { history: string[]; out: string }) => {
    say(await trainCommand(history, out));
  });

program
  .command('backtest')
  .description('walk a history event by event and write the orders the learned hazard would have opened')
  .requiredOption('--history <file>', 'a history.json manifest, or a shipped mapping')
  .option('--model <file>', 'what "uptower train" wrote; without it five folds of devices judge one another')
  .requiredOption('--out <file>', 'write the orders as CSV')
  .action(async ({ history, model, out }: { history: string; model?: string; out: string }) => {
    say(await backtestCommand(history, model, out));
  });

const probability = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('a probability greater than 0, up to 1.');
  return value;
};

interface LearnedArguments extends Omit<LearnedOptions, 'dataDir' | 'for'> {
  readonly for?: string;
  readonly list?: boolean;
  readonly remove?: string;
  readonly dataDir?: string;
}

program
  .command('learned')
  .description('give what "uptower train" wrote to the running server, as a draft of rules to back-test and activate')
  .argument('[model]', 'the file that "uptower train" wrote')
  .option('--for <id>', 'the device model whose rules are drafted, for example mdl_ct-64')
  .option('--min-probability <p>', 'an alert is raised from this P(fails within the horizon) on', probability, 0.5)
  .option('--name <name>', 'what to call it; the name of the file unless given')
  .option('--component <learned=own...>', 'components that the device model calls otherwise')
  .option('--data-dir <dir>', 'data directory of the running server (default ./data)')
  .option('--list', 'show what the server was given, and which rules use it')
  .option('--remove <id>', 'remove a learned model that no rule in force and no draft uses')
  .action(async (file: string | undefined, options: LearnedArguments, command: Command) => {
    const { list, remove, for: modelId, dataDir: given, ...rest } = options;
    const { dataDir } = configOf({ dataDir: given });
    if (Number(list ?? false) + Number(remove !== undefined) + Number(file !== undefined) !== 1)
      command.error('error: give a model file, or --list, or --remove <id>', { exitCode: 2 });
    if (list) say(await listLearned(dataDir));
    else if (remove !== undefined) say(await removeLearned(remove, dataDir));
    else if (file === undefined || modelId === undefined)
      command.error('error: --for <id> names the device model whose rules are drafted', { exitCode: 2 });
    else say(await learned(file, { ...rest, for: modelId, dataDir }));
  });

const hours = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number of hours, 0 or more.');
  return value;
};

program
  .command('score')
  .description('grade orders against the failures of a history: recall at a lead, false orders, calibration')
  .requiredOption('--history <file>', 'a history.json manifest, or a shipped mapping')
  .requiredOption('--orders <file>', 'CSV with device, component, opened_at and, if it has it, probability')
  .option(
    '--lead <hours>',
    'an order must be opened at least this long before the failure (default: of the manifest)',
    hours,
  )
  .option('--horizon <hours>', 'and at most this long (default: of the manifest)', hours)
  .option('--json', 'print JSON')
  .addHelpText('after', '\nWhat counts how is written in docs/prediction.md.')
  .action(async (options: ScoreOptions) => {
    say(await scoreCommand(options));
  });

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

const cycles = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number of cycles greater than 0.');
  return value;
};
const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number.');
  return Number(text);
};

program
  .command('detect')
  .description('judge every value of a folder of series as it streams by: the novelty layer on the NAB benchmark')
  .requiredOption(
    '--nab <dir>',
    'the Numenta Anomaly Benchmark, or its data folder: <kind>/<series>.csv of timestamp,value',
  )
  .requiredOption('--out <dir>', 'where the results go: the same layout, timestamp,value,anomaly_score,label')
  .addHelpText(
    'after',
    '\nThe score is 1 − p, p the chance that a day of the series holds something so strange. One set of parameters and one\nthreshold for all series, written beside them into thresholds.json. Labels are never read.',
  )
  .action(async ({ nab, out }: { nab: string; out: string }) => {
    say(await detect(nab, out));
  });

program
  .command('rul')
  .description('remaining useful life: learn from units that ran to failure, predict it for units still running')
  .requiredOption('--train <file>', 'units up to their failure; whitespace-separated: unit, cycle, 3 settings, sensors')
  .requiredOption('--test <file>', 'units still running, in the same form')
  .requiredOption('--out <file>', 'the CSV to write: unit,rul,p10,p90 at each unit’s last row')
  .option('--truth <file>', 'the true remaining lives of the test units, a line each: prints how good it was')
  .option('--cap <cycles>', 'lives longer than this are predicted as this', cycles, 125)
  .option('--seed <number>', 'seed of the learner; the same seed gives the same result', wholeNumber, 1)
  .option('--json', 'print JSON')
  .addHelpText('after', '\nHow it works and how good it is: docs/prediction.md.')
  .action(async (options: RulCommandOptions) => {
    say(await rul(options));
  });

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

await run();
