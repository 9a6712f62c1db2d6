import { Registry } from 'prom-client';

export { Counter, Gauge, Histogram } from 'prom-client';

/** One registry of Prometheus metrics for the process; each service adds its own. */
export type Metrics = Registry;

export function createMetrics(): Metrics {
  return new Registry();
}
