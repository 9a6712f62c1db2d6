import {
  DEFAULT_DOWNTIME_HOUR,
  deservesRetirement,
  netBenefit,
  type PredictionCosts,
  type Registry,
  type RuleWorth,
  type Tally,
} from '@uptower/domain';
import type { CollectedRecord } from './collect.ts';

/** What each rule in force costs and saves, by its whole record; the dearest first. Pure. */
export function ruleWorths(record: CollectedRecord, registry: Registry, costs: PredictionCosts): RuleWorth[] {
  interface Sum {
    foreseen: number;
    falseOrders: number;
    avoided: number;
    orders: number;
    downHours: number;
  }
  const sums = new Map<string, Sum>();
  for (const { order, grade } of record.orders) {
    const device = registry.devices.get(order.device);
    if (!device || grade === 'open' || grade === 'repeated') continue;
    const key = `${device.modelId}/${order.ruleId}`;
    const sum = sums.get(key) ?? { foreseen: 0, falseOrders: 0, avoided: 0, orders: 0, downHours: 0 };
    sums.set(key, sum);
    if (grade === 'true') sum.foreseen += 1;
    else if (grade === 'false') sum.falseOrders += 1;
    else if (grade === 'avoided') sum.avoided += 1;
    sum.orders += 1;
    sum.downHours += registry.contracts.get(device.contractId)?.downHourCost || DEFAULT_DOWNTIME_HOUR;
  }
  const worths: RuleWorth[] = [];
  for (const model of registry.models.values())
    for (const { id, name } of model.rules) {
      const sum = sums.get(`${model.id}/${id}`);
      // Without one decided order nothing is known but what its author claims.
      if (!sum || sum.foreseen + sum.falseOrders === 0) continue;
      const { foreseen, falseOrders, avoided } = sum;
      const tally: Tally = { downtimeHour: Math.round(sum.downHours / sum.orders), foreseen, falseOrders, avoided };
      const net = netBenefit(tally, costs);
      worths.push({
        ...{ modelId: model.id, modelName: model.name, ruleId: id, ruleName: name, tally, net },
        proposed: deservesRetirement(tally, net),
      });
    }
  return worths.sort((a, b) => Number(b.proposed) - Number(a.proposed) || a.net.expected - b.net.expected);
}
