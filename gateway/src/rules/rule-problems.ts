import { type DeviceModel, type LearnedModelView, type Rule, sameData } from '@uptower/domain';

export interface FieldProblem {
  /** `rules.2.metric`, as the parser names fields. */
  readonly path: string;
  readonly message: string;
}

/** What of a set of rules does not fit its model; empty when it may be saved. Pure. */
export function ruleProblems(
  model: DeviceModel,
  rules: readonly Rule[],
  learned: (id: string) => Pick<LearnedModelView, 'components'> | undefined,
): FieldProblem[] {
  const metrics = new Set(model.metrics.map(({ key }) => key));
  const components = new Set(model.components.map(({ key }) => key));
  const seen = new Set<string>();
  const problems: FieldProblem[] = [];
  rules.forEach((rule, i) => {
    const need = (ok: boolean, field: string, message: string) => {
      if (!ok) problems.push({ path: `rules.${i}.${field}`, message });
    };
    need(!seen.has(rule.id), 'id', `there are two rules ${rule.id}`);
    seen.add(rule.id);
    // A rule that is in force was taken with the registry, which asks for less.
    if (model.rules.some((active) => sameData(active, rule))) return;
    need(metrics.has(rule.metric), 'metric', `the model has no metric ${rule.metric}`);
    if (rule.only) need(metrics.has(rule.only.metric), 'only.metric', `the model has no metric ${rule.only.metric}`);
    rule.suppressWhile?.forEach((condition, j) => {
      if ('metric' in condition)
        need(metrics.has(condition.metric), `suppressWhile.${j}.metric`, `the model has no metric ${condition.metric}`);
    });
    need(components.has(rule.component), 'component', `the model has no component ${rule.component}`);
    if (rule.kind === 'learned') {
      const known = learned(rule.learned);
      need(known !== undefined, 'learned', 'there is no such learned model');
      if (known) need(known.components.includes(rule.of), 'of', `it learned of ${known.components.join(', ')}`);
    }
    const mode = model.failureModes.find(({ key }) => key === rule.failureMode);
    need(mode !== undefined, 'failureMode', `the model has no failure mode ${rule.failureMode}`);
    if (mode) need(mode.component === rule.component, 'failureMode', `that failure is one of ${mode.component}`);
  });
  return problems;
}
