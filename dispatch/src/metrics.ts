import { Counter, Gauge, Histogram, type Metrics } from '@uptower/platform';
import type { PlanRun } from './planning/planner.ts';

export interface DispatchMetrics {
  planTimer(): () => number;
  planRun(outcome: PlanRun['outcome'], seconds: number): void;
  replanRequested(trigger: string): void;
  violation(kind: string): void;
}

export interface DispatchGauges {
  readonly openByState: () => ReadonlyMap<string, number>;
  readonly held: () => ReadonlyMap<string, number>;
  readonly allowance: () => Readonly<Record<'full' | 'observe', number>>;
  /** Real seconds from any origin, rising. */
  readonly seconds: () => number;
}

/** Prometheus metrics of dispatch. Gauges are read from the projection when somebody scrapes. */
export function dispatchMetrics(registry: Metrics, gauges: DispatchGauges): DispatchMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of read()) this.set({ [label]: value }, count);
      },
    });
  gauge('uptower_dispatch_open_orders', 'Open work orders by state', 'state', gauges.openByState);
  gauge('uptower_dispatch_held_alerts', 'Open alerts without an order, by reason', 'reason', gauges.held);
  gauge('uptower_dispatch_false_order_allowance', 'Expected false orders that may still be opened', 'service', () =>
    Object.entries(gauges.allowance()),
  );
  const runs = new Counter({
    name: 'uptower_dispatch_plan_runs_total',
    help: 'Planning runs by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'uptower_dispatch_plan_seconds',
    help: 'Real time of the search for a plan',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const requests = new Counter({
    name: 'uptower_dispatch_replan_requests_total',
    help: 'Reasons to plan again, before they are joined',
    labelNames: ['trigger'],
    registers,
  });
  const violations = new Counter({
    name: 'uptower_dispatch_plan_violations_total',
    help: 'Violations the independent checker found in plans that were therefore not committed',
    labelNames: ['kind'],
    registers,
  });
  return {
    planTimer() {
      const began = gauges.seconds();
      return () => gauges.seconds() - began;
    },
    planRun(outcome, took) {
      runs.inc({ outcome });
      if (took > 0) seconds.observe(took);
    },
    replanRequested: (trigger) => requests.inc({ trigger }),
    violation: (kind) => violations.inc({ kind }),
  };
}
