import { ClassicLevel } from 'classic-level';

/** Opens a copy of a session directory and reads it whole; the number of its rows. Throws when the copy is no good. */
export async function countSessionRows(directory: string): Promise<number> {
  const level = new ClassicLevel<string, string>(directory, { createIfMissing: false });
  await level.open();
  try {
    let rows = 0;
    for await (const _ of level.keys()) rows += 1;
    return rows;
  } finally {
    await level.close();
  }
}
