import type { HypotheticalOrder, OrderJudge } from '@uptower/domain';

/** Opens an order for every alert, at once and without a budget: for tests of what comes before and after that decision. */
export const everyAlert: OrderJudge = {
  budget: () => ({ falseOrdersPerDeviceMonth: 0.05, minProbability: 0 }),
  // biome-ignore lint/correctness/useYield: it is done in one piece
  *wouldOpen({ changes }) {
    const seen = new Set<string>();
    const orders: HypotheticalOrder[] = [];
    for (const { deviceId, component, alert, at, worst } of changes) {
      const key = `${deviceId} ${alert}`;
      if (!worst || seen.has(key) || worst.ruleId === 'reported-failure') continue;
      seen.add(key);
      const { ruleId, probability, horizonHours } = worst;
      orders.push({ deviceId, component, alert, at, ruleId, probability, horizonHours });
    }
    return { orders, held: {} };
  },
};
