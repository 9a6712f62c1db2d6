import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { DeviceModel, LearnedModelView, LearnedRule, PredictionModelView, Rule, RuleDraft } from '@uptower/domain';
import { contentsOf, learnedIdOf, readHazardModel } from '@uptower/gateway';
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

/**
 * `uptower learned FILE`: gives a learned model to the running server and drafts a rule for each component that both know.
 * A file that does not fit the device model is not given.
 */
export async function learned(file: string, options: LearnedOptions): Promise<string> {
  const runtime = requireRunning(options.dataDir);
  const content = read(file);
  const found = readHazardModel(content);
  if (!found.ok) throw new CommandFailed(`${file} ${found.error}`);
  const given = { id: learnedIdOf(content), name: options.name ?? basename(file), ...contentsOf(found.value) };
  const api = apiClient(runtime);
  const { model } = await api.get<PredictionModelView>(`/predictions/models/${options.for}`);
  const rules = rulesOf(model, given, options);
  await api.post<LearnedModelView>('/predictions/learned', { name: given.name, content });
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

/** `uptower learned --list`: what the server was given, and which rules use it. */
export async function listLearned(dataDir: string): Promise<string> {
  const models = await apiClient(requireRunning(dataDir)).get<readonly LearnedModelView[]>('/predictions/learned');
  return models.length === 0 ? 'no learned models' : models.map(inWords).join('\n');
}

/** `uptower learned --remove ID`: the id, or as many of its first characters as tell it from the others. */
export async function removeLearned(start: string, dataDir: string): Promise<string> {
  const api = apiClient(requireRunning(dataDir));
  const models = await api.get<readonly LearnedModelView[]>('/predictions/learned');
  const meant = models.filter(({ id }) => id.startsWith(start) || id.startsWith(`lrn_${start}`));
  const [model] = meant;
  if (!model) throw new CommandFailed(`there is no learned model ${start}; "uptower learned --list" shows them`);
  if (meant.length > 1) throw new CommandFailed(`${start} is the beginning of ${meant.length} learned models`);
  await api.delete(`/predictions/learned/${model.id}`);
  return `removed ${model.name} (${shortId(model.id)})`;
}

const shortId = (id: string) => id.slice(0, 16);

/** Pure. */
export function inWords({ id, name, readable, components, horizonHours, uses }: LearnedModelView): string {
  const about = readable
    ? `P(fails within ${horizonHours} h) of ${components.join(', ')}`
    : 'of a form that this version does not read';
  const used = uses.map((use) =>
    use.kind === 'active' ? `${use.modelId} version ${use.version}` : `draft "${use.title}" of ${use.modelId}`,
  );
  return `${shortId(id)}  ${name}: ${about}; ${used.length > 0 ? `used by ${used.join(', ')}` : 'not used'}`;
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
  { id, name, components, inputs }: Pick<LearnedModelView, 'id' | 'name' | 'components' | 'inputs'>,
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
