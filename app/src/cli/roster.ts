import { CpSat, InputError, proposeRota, readRoster } from '@uptower/dispatch';
import { inWords, readInput } from './solve.ts';

export interface RosterOptions {
  readonly seconds?: number;
  readonly work?: number;
  readonly seed: number;
}

const DEFAULT_SECONDS = 30;

/** `uptower roster`: the proposal as JSON. The first Ctrl-C ends the search, and the best rota so far is the answer. */
export async function rosterFile(file: string, { seconds, work, seed }: RosterOptions): Promise<string> {
  const input = await readInput(file);
  const aborter = new AbortController();
  const onInterrupt = () => aborter.abort();
  process.once('SIGINT', onInterrupt);
  const cpSat = new CpSat();
  const limit = seconds ?? (work === undefined ? DEFAULT_SECONDS : undefined);
  const shown = process.stderr.isTTY;
  try {
    const proposal = await proposeRota(cpSat, readRoster(jsonOf(input)), {
      seed,
      signal: aborter.signal,
      ...(work !== undefined && { work }),
      ...(limit !== undefined && { seconds: limit }),
      now: () => performance.now(),
      onProgress({ cost, bound }) {
        if (shown) process.stderr.write(`\r\x1b[Kcost ${cost}, no rota costs less than ${bound}`);
      },
    });
    return JSON.stringify(proposal);
  } catch (error) {
    throw inWords(file, error);
  } finally {
    if (shown) process.stderr.write('\r\x1b[K');
    process.off('SIGINT', onInterrupt);
    await cpSat.close();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError([{ path: 'file', message: `is not JSON: ${(error as Error).message}` }]);
  }
}
