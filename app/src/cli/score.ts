import { readFileSync } from 'node:fs';
import {
  gradeOrders,
  HOUR,
  type Occurrence,
  type Reliability,
  reliabilityOf,
  type Score,
  type ScoreIntervals,
  scoreIntervals,
  sumOf,
} from '@uptower/domain';
import { seeded } from '@uptower/gateway';
import { instantOf } from '@uptower/simulators';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { CommandFailed } from './api-client.ts';
import { type HazardHistory, loadHistory } from './hazard-history.ts';

/** Intervals are the same every time the same orders are scored. */
const SEED = 7;

export interface OrderToScore extends Occurrence {
  /** P(fails within the horizon); absent when the file has none. */
  readonly probability?: number | undefined;
}

export interface Scored {
  readonly name: string;
  readonly leadHours: number;
  readonly horizonHours: number;
  readonly falseBudget: number;
  readonly score: Score;
  readonly intervals: ScoreIntervals;
  readonly calibration: Reliability;
  readonly byComponent: Readonly<Record<string, Score>>;
}

export function scoreHistory(
  history: HazardHistory,
  orders: readonly OrderToScore[],
  { leadHours = history.manifest.score.lead_hours, horizonHours = history.manifest.score.horizon_hours } = {},
): Scored {
  const happened = (kind: 'failed' | 'renewed') =>
    history.inputs.flatMap((input) =>
      input.kind === kind
        ? [{ device: history.devices[input.device]?.name ?? '', component: input.component, at: input.at }]
        : [],
    );
  const input = {
    orders,
    failures: happened('failed'),
    replacements: happened('renewed'),
    observed: history.devices.map(({ name, from, to }) => ({ device: name, from, to })),
    leadHours,
    horizonHours,
  };
  const { devices, orders: graded } = gradeOrders(input);
  const keyOf = ({ device, component, at }: Occurrence) => JSON.stringify([device, component, at]);
  const said = new Map(orders.map((order) => [keyOf(order), order.probability]));
  const of = (component: string, items: readonly Occurrence[]) => items.filter((item) => item.component === component);
  return {
    name: history.name,
    leadHours,
    horizonHours,
    falseBudget: history.manifest.score.false_orders_per_device_month,
    score: sumOf(devices),
    intervals: scoreIntervals(devices, seeded(SEED)),
    calibration: reliabilityOf(graded, (order) => said.get(keyOf(order))),
    byComponent: Object.fromEntries(
      history.components.length > 1
        ? history.components.map((component) => [
            component,
            sumOf(
              gradeOrders({
                ...input,
                orders: of(component, orders),
                failures: of(component, input.failures),
                replacements: of(component, input.replacements),
              }).devices,
            ),
          ])
        : [],
    ),
  };
}

const Row = z.object({
  device: z.string().min(1),
  component: z.string().transform((text) => text || '*'),
  opened_at: z.string().min(1),
  probability: z.string().optional(),
});

/** Orders of a CSV file with the columns device, component, opened_at and, if it likes, probability. */
function readOrders(file: string, history: HazardHistory): OrderToScore[] {
  let rows: unknown[];
  try {
    rows = parse(readFileSync(file), { bom: true, columns: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read as CSV: ${(error as Error).message}`);
  }
  return rows.map((row, i) => {
    const parsed = Row.safeParse(row);
    if (!parsed.success) {
      const [problem] = parsed.error.issues;
      throw new CommandFailed(
        `${file}, order ${i + 1}: ${problem?.path.join('.')}: ${problem?.message}; an order needs device, component and opened_at`,
      );
    }
    const { device, component, opened_at: text, probability } = parsed.data;
    const at = instantOf(history.manifest, text);
    if (at === undefined)
      throw new CommandFailed(`${file}, order ${i + 1}: opened_at "${text}" is no time of this history`);
    const said = probability === undefined || probability === '' ? undefined : Number(probability);
    if (said !== undefined && !(said >= 0 && said <= 1))
      throw new CommandFailed(`${file}, order ${i + 1}: probability "${probability}" is not between 0 and 1`);
    return { device, component, at: at / HOUR, probability: said };
  });
}

export interface ScoreOptions {
  readonly history: string;
  readonly orders: string;
  /** Hours; from the manifest when absent. */
  readonly lead?: number;
  readonly horizon?: number;
  readonly json?: boolean;
}

/** `uptower score`: orders of a file against the failures of a history. */
export async function scoreCommand({ history: map, orders, lead, horizon, json }: ScoreOptions): Promise<string> {
  const history = await loadHistory(map);
  const scored = scoreHistory(history, readOrders(orders, history), {
    ...(lead === undefined ? {} : { leadHours: lead }),
    ...(horizon === undefined ? {} : { horizonHours: horizon }),
  });
  return json ? `${JSON.stringify(scored)}\n` : scoreInWords(scored);
}

const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

export function scoreInWords(scored: Scored): string {
  const { score, intervals, calibration, leadHours, horizonHours, falseBudget } = scored;
  const within = (interval: readonly [number, number] | null, say: (value: number) => string) =>
    interval ? ` [${say(interval[0])} – ${say(interval[1])}]` : '';
  const hours = (value: number | null) => (value === null ? '–' : `${value.toFixed(0)} h`);
  const rows: [string, string][] = [
    ['devices', `${score.devices} over ${score.deviceMonths.toFixed(0)} device-months`],
    [
      'orders',
      `${score.orders}, ${percent(score.precision)}${within(intervals.precision, percent)} followed by the failure within ${horizonHours} h`,
    ],
    [
      'foreseen',
      `${score.foreseen} of ${score.failures} failures at least ${leadHours} h ahead: ${percent(score.recall)}${within(intervals.recall, percent)}; ${score.late} late, ${score.missed} missed`,
    ],
    ['lead', `median ${hours(score.leadMedian)}, one in ten under ${hours(score.leadP10)}`],
    [
      'false orders',
      `${score.falseOrders}: ${score.falsePerDeviceMonth.toFixed(4)}${within(intervals.falsePerDeviceMonth, (value) => value.toFixed(4))} per device-month (budget ${falseBudget}); ${score.moot} of them replaced before they could fail`,
    ],
    [
      'calibration',
      calibration.error === null
        ? 'the orders say no probability'
        : `${calibration.bins.map(({ orders, said, came }) => `said ${percent(said)}: ${percent(came)} of ${orders}`).join('; ')}; off by ${calibration.error.toFixed(3)}`,
    ],
    ...Object.entries(scored.byComponent).map(([component, one]): [string, string] => [
      component,
      `${one.foreseen} of ${one.failures} foreseen, ${one.falseOrders} false orders`,
    ]),
  ];
  return [scored.name, ...rows.map(([what, text]) => `  ${what.padEnd(14)}${text}`), ''].join('\n');
}
