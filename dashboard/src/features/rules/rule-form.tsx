import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import type { DeviceModel } from '@uptower/domain';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useText } from '../../shared/format/use-format.ts';
import { JsonField, NumberField } from './fields.tsx';
import { asRules, type EditedRule, type FieldSchema, fieldsOf, type RuleForms, withField } from './forms.ts';
import { useLearnedModels } from './queries.ts';
import { SuppressField } from './suppress-field.tsx';
import type { RuleWords } from './words.ts';

interface Props {
  readonly rule: EditedRule;
  readonly model: DeviceModel;
  readonly forms: RuleForms;
  readonly words: RuleWords;
  /** By field: what the server refused. */
  readonly problems: ReadonlyMap<string, string> | undefined;
  readonly changed: boolean;
  readonly readOnly: boolean;
  onChange(rule: EditedRule): void;
  onRemove(): void;
}

/** One rule's fields, built from what the server says of its kind: a new kind needs no form of its own. */
export function RuleForm({ rule, model, forms, words, problems, changed, readOnly, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const [said] = asRules([rule]);
  const set = (name: string, value: unknown) => onChange(withField(rule, name, value));
  return (
    <details className="up-rule" open={problems !== undefined ? true : undefined} data-changed={changed}>
      <summary className="up-focus">
        <b>{said ? words.name(said) : rule.id}</b>
        {changed && (
          <span className="up-badge" data-tone="blue">
            {t('rules.changed')}
          </span>
        )}
        <span className="up-dim up-small">{said && words.rule(said)}</span>
      </summary>
      <fieldset className="up-rule-fields" disabled={readOnly}>
        <TextInput
          size="xs"
          label={t('rules.field.id')}
          value={rule.id}
          error={problems?.get('id')}
          onChange={(event) => set('id', event.currentTarget.value)}
        />
        {fieldsOf(forms, rule.kind).map(([name, field, required]) => (
          <Field key={name} {...{ name, field, required, rule, model, words, problems, set }} />
        ))}
        {!readOnly && (
          <Button size="xs" variant="default" onClick={onRemove} style={{ alignSelf: 'end' }}>
            {t('rules.removeRule')}
          </Button>
        )}
      </fieldset>
    </details>
  );
}

interface FieldProps extends Pick<Props, 'rule' | 'model' | 'words' | 'problems'> {
  readonly name: string;
  readonly field: FieldSchema;
  readonly required: boolean;
  set(name: string, value: unknown): void;
}

function Field({ name, field, required, rule, model, words, problems, set }: FieldProps) {
  const { t } = useTranslation();
  const text = useText();
  const error = problems?.get(name) ?? [...(problems ?? [])].find(([path]) => path.startsWith(`${name}.`))?.[1];
  const given = rule[name];
  const unit = model.metrics.find(({ key }) => key === rule.metric)?.unit;
  const label = words.field(name);
  const choice = (data: readonly { value: string; label: string }[]) => (
    <Select
      size="xs"
      label={label}
      error={error}
      value={typeof given === 'string' ? given : null}
      data={[...data]}
      allowDeselect={!required}
      clearable={!required}
      onChange={(value) => set(name, value ?? undefined)}
    />
  );
  if (name === 'metric') return choice(model.metrics.map(({ key, name: each }) => ({ value: key, label: text(each) })));
  if (name === 'component')
    return choice(model.components.map(({ key, name: each }) => ({ value: key, label: text(each) })));
  if (name === 'failureMode')
    return choice(
      model.failureModes
        .filter(({ component, key }) => component === rule.component || key === given)
        .map(({ key, name: each }) => ({ value: key, label: text(each) })),
    );
  if (name === 'learned') return <LearnedField {...{ given, label, error }} choose={(each) => set(name, each)} />;
  if (name === 'of') return <LearnedComponent learned={rule.learned} choice={choice} />;
  if (field.enum)
    return choice(field.enum.map((value) => ({ value, label: t(`rules.value.${value}`, { defaultValue: value }) })));
  if (field.type === 'boolean')
    return (
      <Checkbox
        size="xs"
        label={label}
        error={error}
        checked={given === true}
        onChange={(event) => set(name, event.currentTarget.checked)}
      />
    );
  if (field.type === 'number' || field.type === 'integer')
    return (
      <NumberField
        label={unit && MEASURED.has(name) ? `${label}, ${unit}` : label}
        value={given}
        error={error}
        onChange={(value) => set(name, value)}
      />
    );
  if (name === 'suppressWhile')
    return (
      <SuppressField given={given} model={model} label={label} error={error} onChange={(value) => set(name, value)} />
    );
  if (field.type === 'object' && field.properties)
    return <Group {...{ name, field, given, problems, label, set, model }} />;
  if (field.type !== 'string')
    return <JsonField label={label} error={error} value={given} onChange={(value) => set(name, value)} />;
  return (
    <TextInput
      size="xs"
      label={label}
      error={error}
      value={given === undefined ? '' : String(given)}
      onChange={(event) => set(name, event.currentTarget.value || undefined)}
    />
  );
}

function LearnedField(props: { given: unknown; label: string; error: string | undefined; choose(id: string): void }) {
  const { data = [] } = useLearnedModels();
  return (
    <Select
      size="xs"
      label={props.label}
      error={props.error}
      value={typeof props.given === 'string' ? props.given : null}
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      allowDeselect={false}
      onChange={(id) => id && props.choose(id)}
    />
  );
}

function LearnedComponent({
  learned,
  choice,
}: {
  learned: unknown;
  choice(data: readonly { value: string; label: string }[]): ReactNode;
}) {
  const { data = [] } = useLearnedModels();
  const known = data.find(({ id }) => id === learned);
  return choice((known?.components ?? []).map((name) => ({ value: name, label: name })));
}

const MEASURED = new Set(['level', 'deadband', 'healthyLevel', 'failLevel', 'by', 'minDeviation']);

/** Fields inside a field: the name in both languages, the condition under which readings count. */
function Group(
  props: Pick<FieldProps, 'name' | 'field' | 'problems' | 'set' | 'model'> & { label: string; given: unknown },
) {
  const text = useText();
  const { name, field, problems, set, model, label } = props;
  const given = (props.given ?? {}) as Record<string, unknown>;
  const put = (key: string, value: unknown) => {
    const next = Object.fromEntries(
      Object.entries({ ...given, [key]: value }).filter(([, each]) => each !== undefined && each !== ''),
    );
    set(name, Object.keys(next).length > 0 ? next : undefined);
  };
  const own = problems?.get(name);
  return Object.entries(field.properties ?? {}).map(([key, inner]) => {
    const error = problems?.get(`${name}.${key}`) ?? own;
    const said = `${label} (${key})`;
    if (key === 'metric')
      return (
        <Select
          key={key}
          size="xs"
          label={said}
          error={error}
          clearable
          value={typeof given[key] === 'string' ? given[key] : null}
          data={model.metrics.map((metric) => ({ value: metric.key, label: text(metric.name) }))}
          onChange={(value) => put(key, value ?? undefined)}
        />
      );
    if (inner.type === 'number')
      return (
        <NumberField key={key} label={said} error={error} value={given[key]} onChange={(value) => put(key, value)} />
      );
    return (
      <TextInput
        key={key}
        size="xs"
        label={said}
        error={error}
        value={given[key] === undefined ? '' : String(given[key])}
        onChange={(event) => put(key, event.currentTarget.value)}
      />
    );
  });
}
