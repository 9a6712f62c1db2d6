import type { DemandForecast, Expected, RotaProposalView, RotaShortage } from '@uptower/domain';

export interface HeatRow {
  readonly region: string;
  readonly cells: readonly { readonly visits: Expected; readonly hours: number; readonly ownShare: number }[];
  readonly total: number;
}

export interface Heat {
  readonly columns: readonly string[];
  readonly rows: readonly HeatRow[];
  /** The largest mean of a cell. */
  readonly most: number;
}

/** Regions by skill, of all weeks together; the busiest of each first. */
export function heatBySkill({ rows, regions }: DemandForecast): Heat {
  const skills = [...new Set(rows.map(({ skill }) => skill))];
  const ofSkill = (skill: string) => sum(rows.filter((row) => row.skill === skill).map(({ visits }) => visits.mean));
  const columns = skills.sort((a, b) => ofSkill(b) - ofSkill(a));
  return heatOf(regions, columns, (region, skill) => {
    const row = rows.find((each) => each.region === region && each.skill === skill);
    return row
      ? { visits: row.visits, hours: row.hours.mean, ownShare: row.ownShare }
      : { visits: { mean: 0, p80: 0 }, hours: 0, ownShare: 0 };
  });
}

/** Regions by weekday, of one day; all skills together, where a day's p80 is at most the sum of theirs. */
export function heatByWeekday({ rows, regions }: DemandForecast): Heat {
  return heatOf(regions, ['1', '2', '3', '4', '5', '6', '7'], (region, weekday) => {
    const own = rows.filter((row) => row.region === region);
    const days = own.flatMap((row) => row.days.filter((day) => String(day.weekday) === weekday));
    const weight = sum(own.map(({ visits }) => visits.mean));
    return {
      visits: { mean: sum(days.map((day) => day.visits.mean)), p80: sum(days.map((day) => day.visits.p80)) },
      hours: sum(days.map((day) => day.hours.mean)),
      ownShare: weight === 0 ? 0 : sum(own.map((row) => row.ownShare * row.visits.mean)) / weight,
    };
  });
}

function heatOf(
  regions: DemandForecast['regions'],
  columns: readonly string[],
  cell: (region: string, column: string) => HeatRow['cells'][number],
): Heat {
  const rows = regions
    .map(({ region }) => {
      const cells = columns.map((column) => cell(region, column));
      return { region, cells, total: sum(cells.map(({ visits }) => visits.mean)) };
    })
    .sort((a, b) => b.total - a.total || (a.region < b.region ? -1 : 1));
  return { columns, rows, most: Math.max(0, ...rows.flatMap((row) => row.cells.map(({ visits }) => visits.mean))) };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export interface RotaCell {
  readonly date: string;
  readonly before: string | null;
  /** The same as before as long as there is no result. */
  readonly after: string | null;
  readonly leave: boolean;
}

/** A row an engineer, a cell a day: as it is, and as it would be. */
export function rotaCells(proposal: RotaProposalView, dates: readonly string[]) {
  const key = (engineerId: string, date: string) => `${engineerId} ${date}`;
  const shifts = (duties: RotaProposalView['present']['duties']) =>
    new Map(duties.map((duty) => [key(duty.engineerId, duty.date), duty.shift]));
  const before = shifts(proposal.present.duties);
  const after = proposal.result ? shifts(proposal.result.duties) : before;
  return proposal.engineers.map(({ engineerId, leaveDays }) => ({
    engineerId,
    cells: dates.map(
      (date): RotaCell => ({
        date,
        before: before.get(key(engineerId, date)) ?? null,
        after: after.get(key(engineerId, date)) ?? null,
        leave: leaveDays.includes(date),
      }),
    ),
  }));
}

/** Why nobody is there, with how many each reason holds back; most frequent first. */
export function reasonsOf(why: RotaShortage['why']): readonly { readonly reason: string; readonly count: number }[] {
  if (typeof why === 'string') return [{ reason: why, count: 0 }];
  const counts = new Map<string, number>();
  for (const reason of Object.values(why)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
