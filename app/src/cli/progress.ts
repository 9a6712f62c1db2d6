import cliProgress from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** A bar on a terminal's standard error; elsewhere a line every tenth of the way. */
export function progress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) {
    let said = -1;
    return {
      update(done) {
        const tenth = Math.floor((done / Math.max(1, total)) * 10);
        if (tenth > said) {
          said = tenth;
          process.stderr.write(`${what}: ${done} of ${total}\n`);
        }
      },
      stop: () => undefined,
    };
  }
  const bar = new cliProgress.SingleBar({
    format: `${what} {bar} {percentage} % · {value} of {total} · {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    etaBuffer: 2_000,
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
