import type { DeviceModel, LearnedModelView, Rule } from '@uptower/domain';

/** A field of a rule as JSON Schema says it; only what forms need. */
export interface FieldSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

export interface RuleForms {
  readonly oneOf: readonly FieldSchema[];
}

/** A rule while it is edited: maybe not valid yet. */
export type EditedRule = Readonly<Record<string, unknown>> & { readonly id: string; readonly kind: string };

export const kindsOf = (forms: RuleForms): string[] =>
  forms.oneOf.flatMap(({ properties }) => (typeof properties?.kind?.const === 'string' ? [properties.kind.const] : []));

/** The fields of a kind but for `kind` and `id`, in the schema's order. */
export function fieldsOf(forms: RuleForms, kind: string): [name: string, field: FieldSchema, required: boolean][] {
  const form = forms.oneOf.find(({ properties }) => properties?.kind?.const === kind);
  return Object.entries(form?.properties ?? {})
    .filter(([name]) => name !== 'kind' && name !== 'id')
    .map(([name, field]) => [name, field, form?.required?.includes(name) ?? false]);
}

/** A rule of this kind to begin with: what must be chosen is chosen, what is a number is harmless. */
export function newRule(
  forms: RuleForms,
  kind: string,
  { metrics, failureModes }: Pick<DeviceModel, 'metrics' | 'failureModes'>,
  taken: readonly string[],
  [learned]: readonly LearnedModelView[],
): EditedRule {
  const mode = failureModes[0];
  let n = 1;
  while (taken.includes(`${kind}-${n}`)) n += 1;
  const fields: [string, unknown][] = fieldsOf(forms, kind).flatMap(([name, field, required]) => {
    if (!required) return [];
    const value = first(name, field);
    return value === undefined ? [] : [[name, value] as [string, unknown]];
  });
  return {
    ...Object.fromEntries(fields),
    id: `${kind}-${n}`,
    kind,
    name: { en: `New rule ${n}`, zh: `新规则 ${n}` },
    metric: metrics[0]?.key ?? '',
    component: mode?.component ?? '',
    failureMode: mode?.key ?? '',
    ...(kind === 'learned' ? { learned: learned?.id, of: learned?.components[0] } : {}),
  };
}

function first(name: string, field: FieldSchema): unknown {
  if (field.enum) return name === 'severity' ? 'P3' : field.enum[0];
  if (field.type === 'boolean') return false;
  if (field.type !== 'number' && field.type !== 'integer') return undefined;
  if (/probability/i.test(name)) return 0.5;
  if (name.endsWith('Hours')) return 24;
  if (name.endsWith('Seconds')) return 300;
  return Math.max(field.minimum ?? 0, field.exclusiveMinimum === undefined ? 0 : field.exclusiveMinimum + 1);
}

/** `rules.2.only.metric` of a refusal, by rule and field: `2` → `only.metric` → what is wrong. */
export function problemsByRule(
  errors: readonly { readonly path: string; readonly message: string }[],
): ReadonlyMap<number, ReadonlyMap<string, string>> {
  const found = new Map<number, Map<string, string>>();
  for (const { path, message } of errors) {
    const [, index, field = ''] = /^rules\.(\d+)\.?(.*)$/.exec(path) ?? [];
    if (index === undefined) continue;
    const rule = found.get(Number(index)) ?? new Map<string, string>();
    rule.set(field, message);
    found.set(Number(index), rule);
  }
  return found;
}

/** A copy with a field set; undefined takes it away. */
export function withField(rule: EditedRule, name: string, value: unknown): EditedRule {
  const { [name]: _old, ...rest } = rule as Record<string, unknown>;
  return (value === undefined ? rest : { ...rule, [name]: value }) as EditedRule;
}

export const asRules = (rules: readonly EditedRule[]) => rules as unknown as readonly Rule[];
