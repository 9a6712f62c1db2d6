import { type Alert, suppressionOf } from './alert.ts';
import type { AlertId, DeviceId, SiteId } from './ids.ts';
import { type Instant, MINUTE } from './time.ts';

/** Alerts of several components of a device that began within this of the first have one cause. */
export const SAME_DEVICE_MS = 30 * MINUTE;
/** So have alerts of one rule on several devices of a site: its power, its cooling, its network. */
export const SAME_SITE_MS = 10 * MINUTE;

export type GroupReason = 'same-device' | 'same-rule-at-site';

/** Alerts that probably have one cause, shown and answered as one. */
export interface AlertGroup {
  /** The first-out alarm (ISA-18.2): the one that began first, and so is probably closest to the cause. */
  readonly firstOut: AlertId;
  /** All of them, the first-out first, in order of their beginning. */
  readonly alerts: readonly AlertId[];
  readonly because: readonly GroupReason[];
}

type Grouped = Pick<Alert, 'id' | 'deviceId' | 'raisedAt' | 'findings' | 'worst' | 'state'>;

const byBeginning = (a: Grouped, b: Grouped): number =>
  a.raisedAt - b.raisedAt ||
  (a.worst.severity < b.worst.severity ? -1 : a.worst.severity > b.worst.severity ? 1 : 0) ||
  (a.id < b.id ? -1 : 1);

/**
 * Groups open alerts by one cause. Two simple rules that a person can check: the same device within thirty minutes of the
 * first, or the same rule at the same site within ten. What belongs to two groups makes them one. Suppressed alerts call
 * nobody and are in none. Groups of one are left out. Pure; the order of `alerts` does not matter.
 */
export function groupAlerts(
  alerts: readonly Grouped[],
  siteOf: (deviceId: DeviceId) => SiteId | undefined,
): AlertGroup[] {
  const open = alerts
    .filter((alert) => alert.state !== 'cleared' && suppressionOf(alert) === undefined)
    .sort(byBeginning);
  const groups = new Map<AlertId, { members: Grouped[]; because: Set<GroupReason> }>(
    open.map((alert) => [alert.id, { members: [alert], because: new Set() }]),
  );
  const join = (a: Grouped, b: Grouped, reason: GroupReason) => {
    const [into, from] = [groups.get(a.id), groups.get(b.id)];
    if (!into || !from) return;
    into.because.add(reason);
    if (into === from) return;
    into.members.push(...from.members);
    for (const each of from.because) into.because.add(each);
    for (const { id } of from.members) groups.set(id, into);
  };
  const joinBy = (keyOf: (alert: Grouped) => string | undefined, withinMs: number, reason: GroupReason) => {
    const firsts = new Map<string, Grouped>();
    for (const alert of open) {
      const key = keyOf(alert);
      if (key === undefined) continue;
      const first = firsts.get(key);
      if (first && alert.raisedAt - first.raisedAt <= withinMs) join(first, alert, reason);
      else firsts.set(key, alert);
    }
  };
  joinBy(({ deviceId }) => deviceId, SAME_DEVICE_MS, 'same-device');
  const siteAndRule = ({ deviceId, worst }: Grouped) => {
    const site = siteOf(deviceId);
    return site && `${site} ${worst.ruleId}`;
  };
  joinBy(siteAndRule, SAME_SITE_MS, 'same-rule-at-site');
  return [...new Set(groups.values())].flatMap(({ members, because }) => {
    const [first, ...others] = members.sort(byBeginning);
    if (!first || others.length === 0) return [];
    return [{ firstOut: first.id, alerts: members.map(({ id }) => id), because: [...because].sort() }];
  });
}

/** Whether two alerts of one device are of one problem, by when they began. */
export const isSameProblem = (a: Instant, b: Instant): boolean => Math.abs(a - b) <= SAME_DEVICE_MS;
