/**
 * An independent judge of a TRSP plan: reads the file's text by itself, drives every route second by second of its rules
 * and shares no code with reader, model or search. Routes: technician id, then ids in order, 0 for the depot.
 */
export interface TrspVerdict {
  readonly problems: readonly string[];
  /** Sum of the working times, each route left as late as possible (found by bisection, not by the model's algebra). */
  readonly workingTime: number;
  readonly served: number;
}

export function checkTrsp(text: string, routes: readonly (readonly number[])[]): TrspVerdict {
  const lists = (line: string) =>
    [...line.matchAll(/\[(.*?)\]/g)].map((match) => (match[1] as string).split(',').filter(Boolean).map(Number));
  const rows = text
    .split('\n')
    .filter((line) => line.includes('['))
    .map((line) => {
      const [id, x, y, open, close, service] = line.trim().split(/\s+/).map(Number) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const [skills, tools, parts] = lists(line) as [number[], number[], number[]];
      return { id, x, y, open, close, service, skills, tools, parts };
    });
  const crew = Number(/SPARE PARTS\s+(\d+)/.exec(text)?.[1]);
  const problems: string[] = [];
  const seen = new Set<number>();
  let workingTime = 0;
  for (const [technician, ...visits] of routes) {
    const who = rows[technician as number];
    if (who === undefined || (technician as number) < 1 || (technician as number) > crew) {
      problems.push(`${technician} is no technician`);
      continue;
    }
    if (visits.length === 0) continue;
    let depot = false;
    const stock = [...who.parts];
    const path = [...visits, who.id].map((id) => rows[id]!);
    for (const stop of path.slice(0, -1)) {
      if (stop.id === 0) {
        if (depot) problems.push(`technician ${who.id} passes the depot twice`);
        depot = true;
        continue;
      }
      if (stop.id <= crew || seen.has(stop.id)) problems.push(`${stop.id} is no request, or served twice`);
      seen.add(stop.id);
      for (const skill of stop.skills)
        if (!who.skills.includes(skill)) problems.push(`request ${stop.id}: technician ${who.id} lacks skill ${skill}`);
      if (depot) continue;
      for (const tool of stop.tools)
        if (!who.tools.includes(tool)) problems.push(`request ${stop.id}: technician ${who.id} lacks tool ${tool}`);
      stop.parts.forEach((count, part) => {
        stock[part] = (stock[part] ?? 0) - count;
        if ((stock[part] as number) < 0) problems.push(`request ${stop.id}: technician ${who.id} lacks part ${part}`);
      });
    }
    const home = (leave: number) => {
      let [time, at] = [leave, who];
      for (const stop of path) {
        time = Math.max(time + Math.hypot(stop.x - at.x, stop.y - at.y), stop.open);
        if (time > stop.close + 1e-6) return Number.POSITIVE_INFINITY;
        time += stop.id === who.id ? 0 : stop.service;
        at = stop;
      }
      return time;
    };
    const back = home(who.open);
    if (back === Number.POSITIVE_INFINITY) {
      problems.push(`technician ${who.id} comes too late`);
      continue;
    }
    let [low, high] = [who.open, who.close];
    for (let step = 0; step < 100; step++) {
      const middle = (low + high) / 2;
      if (home(middle) <= back + 1e-9) low = middle;
      else high = middle;
    }
    workingTime += back - low;
  }
  return { problems, workingTime, served: seen.size };
}

/**
 * The routes of a solution file (`NAME-S=<1,83,84,126|3,153,90,128>`: technician, stops, the copy of home it ends at; each
 * technician has copies of home and of the depot, numbered after the requests). Throws an Error when it is not one.
 */
export function trspRoutesOf(text: string, solution: string): number[][] {
  const rows = text.split('\n').filter((line) => line.includes('[')).length;
  const crew = Number(/SPARE PARTS\s+(\d+)/.exec(text)?.[1]);
  const written = /^\S+-S=<(.*)>$/m.exec(solution)?.[1];
  if (written === undefined) throw new Error('there is no line NAME-S=<...>');
  return written
    .split('|')
    .filter((route) => route !== '')
    .map((route) => {
      const [technician = Number.NaN, ...stops] = route.split(',').map(Number);
      if (stops.pop() !== rows + technician - 1) throw new Error(`technician ${technician} does not end at home`);
      return [technician, ...stops.map((stop) => (stop === rows + crew + technician - 1 ? 0 : stop))];
    });
}
