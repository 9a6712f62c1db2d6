import { liveProblem } from './solve/live.ts';
import { buildInstance } from '../../dispatch/src/solver/instance.ts';
import { solve } from '../../dispatch/src/solver/search.ts';
import { checkPlan } from '../../dispatch/src/solver/check-plan.ts';
import { repairDay } from '../../dispatch/src/planning/repair-day.ts';
const [seed, per] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 500)];
const plain0 = liveProblem(seed, per, 60, 5);
const base = buildInstance(plain0);
const { plan } = solve(base, { seed, milliseconds: 6000, now: () => performance.now() });
const at = new Map(plan.routes.flatMap((r) => r.stops.map((s) => [s.visit, { ...s, engineer: r.engineer, vehicle: r.vehicle }])));
console.log('planned', at.size, 'unassigned', plan.unassigned.length, 'routes', plan.routes.length);
const visits = plain0.visits.map((v, i) => { const a = at.get(i); return a ? { ...v, previous: { engineer: a.engineer, startAt: a.startAt } } : v; });
const told = plain0.visits.map((_, i) => { const a = at.get(i); return a ? { from: a.startAt, to: a.startAt + 3600 } : null; });
const times: number[] = []; let moved = 0, lostAll = 0, out = 0, most = 0; const builds: number[] = [];
for (let ill = 0; ill < 60; ill += 2) {
  const engineers = plain0.engineers.map((e, i) => i === ill ? { ...e, shifts: e.shifts.map((s, k) => k === 0 ? { ...s, unavailable: [{ from: s.from, to: s.to + 7200 }] } : s) } : e);
  const plain = { ...plain0, engineers, visits };
  let c = process.cpuUsage();
  const instance = buildInstance(plain);
  builds.push(process.cpuUsage(c).user / 1000);
  c = process.cpuUsage();
  const day = repairDay({ instance, start: plan, told, urgent: [] });
  const d = process.cpuUsage(c); times.push((d.user + d.system) / 1000); console.log(day.lost.length, day.moved.length, times.at(-1)!.toFixed(0));
  if (checkPlan(instance, day.plan).length) console.log('BROKEN');
  moved += day.moved.length; most = Math.max(most, day.moved.length); lostAll += day.lost.length; out += day.tried.length;
}
const sorted = (l: number[]) => [...l].sort((a, b) => a - b);
const q = (l: number[], p: number) => sorted(l)[Math.min(l.length - 1, Math.floor(p * l.length))]!.toFixed(0);
console.log({ lost: lostAll, out, moved, most, cpuMedian: q(times, 0.5), p90: q(times, 0.9), max: q(times, 1), build: q(builds, 0.5) });
