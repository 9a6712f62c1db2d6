import type { Finding, Instant, LearnedRule, Rule, TrendRule } from '@uptower/domain';
import { constantHazard, drawn } from './curve.ts';

/** A finding of a rule whose author claims its probability: the curve is a constant hazard that reaches it at the horizon. */
export function claimedFinding(
  rule: Exclude<Rule, TrendRule | LearnedRule>,
  at: Instant,
  evidence: Finding['evidence'],
): Finding {
  return {
    ruleId: rule.id,
    ruleName: rule.name,
    component: rule.component,
    failureMode: rule.failureMode,
    severity: rule.severity,
    at,
    horizonHours: rule.horizonHours,
    ...drawn(at, rule.horizonHours, constantHazard(rule.probability, rule.horizonHours)),
    evidence,
  };
}
