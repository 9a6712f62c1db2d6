import { Component, FailureMode, LocalText, Metric, Rule } from '@uptower/domain';
import { z } from 'zod';

const Column = z.string().min(1);
const ComponentSource = z.union([z.strictObject({ column: Column }), z.strictObject({ constant: Column })]);

const Happening = z.strictObject({
  file: z.string().min(1),
  device: Column,
  time: Column,
  component: ComponentSource,
  /** Only rows in which these columns hold these texts. */
  where: z.record(z.string(), z.string()).optional(),
});

const ReadingSource = z.strictObject({
  file: z.string().min(1),
  /** `wide`: a column a metric. `long`: columns that hold the metric's name and its value. */
  shape: z.enum(['wide', 'long']),
  device: Column,
  model: Column.optional(),
  time: Column,
  /** The values hold, and the device is observed, until then. */
  until: Column.optional(),
  /** A value stamped `time` is known only this much later (a daily mean is known when the day is over). */
  knownAfterHours: z.number().min(0).optional(),
  metric: Column.optional(),
  value: Column.optional(),
  values: z
    .record(
      Column,
      z.strictObject({ unit: z.string().max(16).optional(), kind: z.enum(['gauge', 'counter']).optional() }),
    )
    .default({}),
});

/** `history.json`: how a folder of CSV files describes a fleet's past. The form is described in docs/replay.md. */
export const Manifest = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, 'letters, digits and hyphens, at most 40'),
  what: z.string().optional(),
  /** `hours`: numbers, hours in service, each device has its own zero. `iso`: UTC. */
  time: z.enum(['hours', 'iso']),
  /** What hour 0 stands for with `time: hours`; only differences matter. */
  epoch: z.iso.datetime().default('2000-01-01T00:00:00Z'),
  readings: z.array(ReadingSource).min(1),
  devices: z
    .array(
      z.strictObject({
        file: z.string().min(1),
        device: Column,
        model: Column.optional(),
        attributes: z.array(Column).optional(),
      }),
    )
    .default([]),
  events: z.array(z.strictObject({ file: z.string().min(1), device: Column, time: Column, code: Column })).default([]),
  maintenance: z.array(Happening).default([]),
  failures: z.array(Happening).default([]),
  score: z
    .strictObject({
      lead_hours: z.number().min(0),
      horizon_hours: z.number().positive(),
      false_orders_per_device_month: z.number().min(0),
    })
    .default({ lead_hours: 24, horizon_hours: 720, false_orders_per_device_month: 0.05 }),
  /** What Uptower should watch for in these devices. Left out: every counter that grows is watched, nothing else. */
  watch: z
    .strictObject({
      kind: z.string().default('other'),
      name: LocalText,
      metrics: z.array(Metric).default([]),
      components: z.array(Component).min(1),
      failureModes: z.array(FailureMode).min(1),
      rules: z.array(Rule).min(1),
    })
    .optional(),
});
export type Manifest = z.infer<typeof Manifest>;
