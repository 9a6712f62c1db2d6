import type { Rule } from './rule.ts';

/** One field of a rule that reads differently; `undefined`: it is not there. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export type RuleChange =
  | { readonly kind: 'added'; readonly rule: Rule }
  | { readonly kind: 'removed'; readonly rule: Rule }
  | { readonly kind: 'changed'; readonly rule: Rule; readonly before: Rule; readonly fields: readonly FieldChange[] };

/** Plain data that say the same, whatever the order of their fields. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(x), ...Object.keys(y)]);
  return [...keys].every((key) => sameData(x[key], y[key]));
}

const byId = (rules: readonly Rule[]) => new Map(rules.map((rule) => [rule.id, rule]));

/** What makes `after` of `before`: additions, removals, changed fields. A rule of another kind is another rule. */
export function ruleChanges(before: readonly Rule[], after: readonly Rule[]): RuleChange[] {
  const [old, now] = [byId(before), byId(after)];
  const changes: RuleChange[] = [];
  for (const rule of before) if (now.get(rule.id)?.kind !== rule.kind) changes.push({ kind: 'removed', rule });
  for (const rule of after) {
    const was = old.get(rule.id);
    if (was?.kind !== rule.kind) changes.push({ kind: 'added', rule });
    else if (!sameData(was, rule))
      changes.push({ kind: 'changed', rule, before: was, fields: fieldChanges(was, rule) });
  }
  return changes;
}

function fieldChanges(before: Rule, after: Rule): FieldChange[] {
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => !sameData(old[field], now[field]))
    .map((field) => ({ field, from: old[field], to: now[field] }));
}

/**
 * A draft made from `base`, put on top of `active`, rule by rule: what only one side changed is taken; where both changed
 * a rule differently the draft's reading stays and the rule is named in `conflicts`. Order: the active one's, then the draft's own.
 */
export function rebaseRules(
  base: readonly Rule[],
  active: readonly Rule[],
  draft: readonly Rule[],
): { readonly rules: Rule[]; readonly conflicts: string[] } {
  const [was, theirs, mine] = [byId(base), byId(active), byId(draft)];
  const conflicts: string[] = [];
  const rules = [...new Set([...theirs.keys(), ...mine.keys()])].flatMap((id) => {
    const [old, their, own] = [was.get(id), theirs.get(id), mine.get(id)];
    if (sameData(own, old)) return their ?? [];
    if (!sameData(their, old) && !sameData(their, own)) conflicts.push(id);
    return own ?? [];
  });
  return { rules, conflicts };
}
