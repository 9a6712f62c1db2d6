/** At most `limit` hold a turn at once; the others wait in line. Giving a turn back twice does no harm. */
export function turns(limit: number): () => Promise<() => void> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
  };
}
