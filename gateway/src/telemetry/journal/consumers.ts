import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, readJsonFile } from '@uptower/platform';
import { z } from 'zod';

/** One reader of the journal whose place survives a restart. */
export interface Consumer {
  readonly name: string;
  /** Everything up to here is safe elsewhere: the journal may forget it. */
  position(): number;
  /** Moves on; going back is allowed while the records are still there (a store that came back empty). */
  advance(position: number): void;
}

export const ConsumersFile = z.object({ consumers: z.record(z.string(), z.int().min(0)) });
export const consumersFile = (directory: string) => join(directory, 'consumers.json');

/**
 * Named places in the journal. The file says after a restart who has read how far, also of a consumer that has not
 * come back yet. It is written after the fact and without a sync: an older place only keeps records longer.
 */
export class Consumers {
  private readonly places = new Map<string, number>();
  private writing: Promise<void> | undefined;
  private dirty = false;

  constructor(
    private readonly directory: string,
    private readonly log: Logger,
    private readonly moved: () => void,
  ) {
    const saved = readJsonFile(consumersFile(directory), ConsumersFile);
    for (const [name, position] of Object.entries(saved?.consumers ?? {})) this.places.set(name, position);
  }

  /** A consumer seen for the first time begins at 0, so that nothing is forgotten before it has said where it is. */
  of(name: string): Consumer {
    if (!this.places.has(name)) this.put(name, 0);
    return {
      name,
      position: () => this.places.get(name) ?? 0,
      advance: (position) => {
        if (this.places.has(name) && this.places.get(name) !== position) this.put(name, position);
      },
    };
  }

  forget(name: string): void {
    if (!this.places.delete(name)) return;
    this.moved();
    this.save();
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.places);
  }

  /** Everybody has passed this. */
  slowest(): number {
    return Math.min(...this.places.values());
  }

  private put(name: string, position: number): void {
    this.places.set(name, position);
    this.moved();
    this.save();
  }

  private save(): void {
    this.dirty = true;
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
    });
  }

  private async write(): Promise<void> {
    const file = consumersFile(this.directory);
    while (this.dirty) {
      this.dirty = false;
      try {
        await writeFile(`${file}.new`, JSON.stringify({ consumers: this.all() }));
        await rename(`${file}.new`, file);
      } catch (error) {
        this.log.warn({ err: error }, 'journal.consumers-not-saved');
      }
    }
  }

  async close(): Promise<void> {
    await this.writing;
  }
}
