import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly siteId: string;
  readonly devices: readonly string[];
  readonly username: string;
  readonly password: string;
  /** Reading number n has the event time firstTs + n. */
  readonly firstTs: number;
  /** Unacknowledged messages of one device. */
  readonly window: number;
  /** Messages a second of all devices together. */
  readonly perSecond: number;
  /** Where the acknowledged numbers go at the end. */
  readonly file: string;
  /** Without an answer for so long a device reconnects. */
  readonly silenceMs?: number;
}

/** Closed stretches of acknowledged reading numbers of each device. */
export type Acknowledged = Readonly<Record<string, readonly (readonly [number, number])[]>>;

export interface Generator {
  /** Wall clock (ms) of the first acknowledgement on a new connection of every device made after `since`. */
  acknowledgedAfter(since: number): Promise<number>;
  /** What was acknowledged so far; how many that is. */
  soFar(): Promise<Acknowledged>;
  count(): Promise<number>;
  /** Sends no more, waits until everything sent was acknowledged. */
  stop(): Promise<Acknowledged>;
  kill(): void;
}

interface Line {
  readonly event: 'acknowledged' | 'so far' | 'refused';
  readonly at: number;
  readonly device?: string;
  readonly count?: number;
  readonly acknowledged?: Acknowledged;
}

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));
const PATIENCE_MS = 120_000;

export function startGenerator(options: Omit<LoadOptions, 'file'>): Generator {
  const file = join(mkdtempSync(join(tmpdir(), 'uptower-load-')), 'acknowledged.json');
  const child = spawn(process.execPath, ['--import', 'tsx', LOAD, JSON.stringify({ ...options, file })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const first = new Map<string, number>();
  const watchers = new Set<(line: Line) => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    if (line.event === 'acknowledged') first.set(line.device as string, line.at);
    for (const watcher of watchers) watcher(line);
  });
  /** Waits for a line that gives an answer; fails when the process ends or takes too long. */
  const hear = <T>(what: string, ask: (line?: Line) => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = (work: () => void) => {
        clearTimeout(timer);
        watchers.delete(watcher);
        work();
      };
      const watcher = (line?: Line) => {
        const answer = ask(line);
        if (answer !== undefined) settle(() => resolve(answer));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`the generator: waited ${PATIENCE_MS / 1000} s for ${what}`))),
        PATIENCE_MS,
      );
      watchers.add(watcher);
      void gone.then((code) => settle(() => reject(new Error(`the generator ended with ${code}`))));
      watcher();
    });
  return {
    acknowledgedAfter: (since) =>
      hear('every device to be acknowledged again', () => {
        const times = options.devices.map((device) => first.get(device) ?? Number.NEGATIVE_INFINITY);
        return times.every((at) => at >= since) ? Math.min(...times) : undefined;
      }),
    soFar() {
      child.stdin.write('so far\n');
      return hear('its numbers', (line) => line?.acknowledged);
    },
    count() {
      child.stdin.write('so far\n');
      return hear('its count', (line) => line?.count);
    },
    async stop() {
      child.stdin.write('stop\n');
      const timer = setTimeout(kill, PATIENCE_MS);
      const code = await gone;
      clearTimeout(timer);
      process.removeListener('exit', kill);
      if (code !== 0) throw new Error(`the generator ended with ${code}: something sent was never acknowledged`);
      return JSON.parse(readFileSync(file, 'utf8')) as Acknowledged;
    },
    kill,
  };
}
