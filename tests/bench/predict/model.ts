import { DeviceModel, type Rule } from '@uptower/domain';

export const METRICS = 10;
const text = (en: string) => ({ en, zh: en });

/** On each metric a limit, a trend, a rate of change and novelty, none of which is ever active: what a healthy fleet costs. */
function rulesOf(metric: string): Rule[] {
  const common = { component: 'part', failureMode: 'wear', metric, severity: 'P3' as const, name: text(metric) };
  const delays = { onDelaySeconds: 600, offDelaySeconds: 600, probability: 0.5, horizonHours: 48 };
  return [
    { ...common, ...delays, kind: 'limit', id: `${metric}-limit`, side: 'high', level: 500, deadband: 1 },
    {
      ...{ ...common, kind: 'trend', id: `${metric}-trend`, direction: 'rising', healthyLevel: 400, failLevel: 500 },
      ...{ memoryHours: 24, minHours: 6, horizonHours: 72, minProbability: 0.9 },
    },
    {
      ...common,
      ...delays,
      kind: 'rate',
      id: `${metric}-rate`,
      side: 'high',
      perHour: 500,
      withinHours: 4,
      deadband: 1,
    },
    {
      ...{ ...common, ...delays, kind: 'novelty', id: `${metric}-novelty`, side: 'any' },
      ...{ onceInDays: 1000, minDeviation: 500, everySeconds: 60 },
    },
  ];
}

const keys = Array.from({ length: METRICS }, (_, i) => `m${i}`);
export const model = DeviceModel.parse({
  id: 'mdl_bench',
  kind: 'mr',
  name: text('Bench'),
  metrics: keys.map((key) => ({ key, name: text(key), unit: '', kind: 'gauge' })),
  components: [{ key: 'part', name: text('Part') }],
  failureModes: [
    {
      ...{ key: 'wear', component: 'part', name: text('Wear'), skill: { name: 'mr', level: 1 } },
      ...{ serviceMinutes: 60, parts: [], steps: [{ key: 'swap', name: text('Swap') }] },
    },
  ],
  rules: keys.flatMap(rulesOf),
  reportingIntervalSeconds: 300,
});
