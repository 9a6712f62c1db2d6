import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { DeviceModel, LearnedModelView, LearnedRule, PredictionModelView, Rule, RuleDraft } from '@uptower/domain';
import { webUrlOf } from '@uptower/platform';
import { apiClient, CommandFailed, requireRunning } from './api-client.ts';

export interface LearnedOptions {
  readonly dataDir: string;
  /** Device model to draft rules for. */
  readonly for: string;
  readonly minProbability: number;
  readonly name?: string;
  /** `learned=own` names of components where they differ. */
  readonly component?: readonly string[];
}

/** `uptower learned`: gives a learned model to the running server and drafts a rule for each component that both know. */
export async function learned(file: string, options: LearnedOptions): Promise<string> {
  const runtime = requireRunning(options.dataDir);
  const content = read(file);
  const api = apiClient(runtime);
  const { model } = await api.get<PredictionModelView>(`/predictions/models/${options.for}`);
  const given = await api.post<LearnedModelView>('/predictions/learned', {
    name: options.name ?? basename(file),
    content,
  });
  const rules = rulesOf(model, given, options);
  const kept = model.rules.filter((rule) => !rules.some(({ id }) => id === rule.id));
  const draft = await api.post<RuleDraft>(`/predictions/models/${options.for}/drafts`, {
    title: `Learned: ${given.name}`.slice(0, 120),
    rules: [...kept, ...rules] satisfies Rule[],
  });
  const unseen = [...given.inputs.counters, ...given.inputs.gauges].filter(
    (metric) => !model.metrics.some(({ key }) => key === metric),
  );
  return [
    `${given.name}: P(fails within ${given.horizonHours} h) of ${given.components.join(', ')}`,
    ...(unseen.length > 0 ? [`${model.id} does not measure ${unseen.join(', ')}: the model does without`] : []),
    `drafted ${rules.length} rule${rules.length === 1 ? '' : 's'} (${draft.id}): ${rules.map(({ id }) => id).join(', ')}`,
    `back-test, shadow and activate at ${webUrlOf(runtime)}/rules/${model.id}`,
  ].join('\n');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Pure. */
export function rulesOf(
  model: DeviceModel,
  { id, name, components, inputs }: LearnedModelView,
  { minProbability, component = [] }: Pick<LearnedOptions, 'minProbability' | 'component'>,
): LearnedRule[] {
  const renamed = new Map(
    component.map((pair) => {
      const [theirs, ours] = pair.split('=');
      if (!theirs || !ours) throw new CommandFailed(`--component ${pair}: expected LEARNED=OWN`);
      if (!components.includes(theirs))
        throw new CommandFailed(`it learned of ${components.join(', ')}, not of ${theirs}`);
      return [theirs, ours];
    }),
  );
  const metric = [...inputs.counters, ...inputs.gauges].find((key) => model.metrics.some((each) => each.key === key));
  if (metric === undefined)
    throw new CommandFailed(
      `${model.id} measures nothing the model looks at: ${[...inputs.counters, ...inputs.gauges].join(', ')}`,
    );
  const rules = components.flatMap((of): LearnedRule[] => {
    const own = model.components.find(({ key }) => key === (renamed.get(of) ?? of));
    const mode = model.failureModes.find((each) => each.component === own?.key);
    if (!own || !mode) return [];
    const label = { en: `${own.name.en}, as learned`, zh: `${own.name.zh}（学习得出）` };
    const base = {
      id: `learned-${own.key}`.slice(0, 64),
      name: label,
      component: own.key,
      failureMode: mode.key,
      metric,
    };
    return [{ kind: 'learned', ...base, severity: 'P2', learned: id, of, minProbability }];
  });
  if (rules.length === 0)
    throw new CommandFailed(
      `${name} learned of ${components.join(', ')}; ${model.id} has ${model.components.map(({ key }) => key).join(', ')}: name them with --component LEARNED=OWN`,
    );
  return rules;
}
