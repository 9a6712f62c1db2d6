import { type DeviceModel, HOUR, type Rule, type RuleChange, SECOND } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useLearnedModels } from './queries.ts';

/** Rules and their changes in the reader's language. A kind without a sentence of its own is told field by field. */
export function useRuleWords(model: DeviceModel | undefined) {
  const { t, i18n } = useTranslation();
  const text = useText();
  const format = useFormat();
  const metric = (key: unknown) => text(model?.metrics.find((each) => each.key === key)?.name) || String(key);
  const unitOf = (key: unknown) => model?.metrics.find((each) => each.key === key)?.unit ?? '';
  const component = (key: string) => text(model?.components.find((each) => each.key === key)?.name) || key;
  const mode = (key: string) => text(model?.failureModes.find((each) => each.key === key)?.name) || key;
  const field = (name: string) => t(`rules.field.${name}`, { defaultValue: name });
  const { data: learned } = useLearnedModels();
  const learnedName = (id: string) => learned?.find((each) => each.id === id)?.name ?? id.slice(0, 12);
  const number = (value: number) => format.number(value, 4);
  const withUnit = (value: number, unit: string) => (unit ? `${number(value)} ${unit}` : number(value));

  /** Durations in words round down; a delay is told exactly. */
  const seconds = (given: number) =>
    given < 60 || given % 60 === 0 ? format.duration(given * SECOND) : t('rules.seconds', { value: number(given) });
  /** Labels of forms name the unit; in a sentence the value does. */
  const short = (name: string) => field(name).replace(/(, |（).*$/, '');

  /** A field's value; those that measure the metric carry its unit. */
  const value = (name: string, given: unknown, unit: string): string => {
    if (given === undefined || given === null) return t('rules.none');
    if (typeof given === 'number') {
      if (name.endsWith('Hours')) return format.duration(given * HOUR);
      if (name.endsWith('Seconds')) return seconds(given);
      if (/probability/i.test(name)) return format.percent(given, given * 100 === Math.round(given * 100) ? 0 : 1);
      return OF_METRIC.has(name) ? withUnit(given, unit) : number(given);
    }
    if (name === 'metric') return metric(given);
    if (name === 'component') return component(String(given));
    if (name === 'failureMode') return mode(String(given));
    if (name === 'learned') return learnedName(String(given));
    if (typeof given === 'string') return t(`rules.value.${given}`, { defaultValue: given });
    if (typeof given === 'object' && 'en' in given && 'zh' in given) return text(given as { en: string; zh: string });
    if (name === 'suppressWhile' && Array.isArray(given)) return given.map(condition).join(t('rules.or'));
    if (name === 'only') return only(given as NonNullable<Rule['only']>);
    return JSON.stringify(given);
  };
  const only = ({ metric: key, min, max }: NonNullable<Rule['only']>): string => {
    const unit = unitOf(key);
    const from = min === undefined ? '' : `≥ ${withUnit(min, unit)}`;
    const to = max === undefined ? '' : `≤ ${withUnit(max, unit)}`;
    return [metric(key), from, to].filter(Boolean).join(' ');
  };

  const condition = (given: NonNullable<Rule['suppressWhile']>[number]): string =>
    'activity' in given
      ? given.activity.map((each) => t(`activity.${each}`, { defaultValue: each })).join(', ')
      : only(given);

  return {
    metric,
    component,
    mode,
    field,
    value,
    /** Of the rules in force; its key where they have no such rule. */
    ruleName: (id: string) => text(model?.rules.find((rule) => rule.id === id)?.name) || id,
    name: (rule: Pick<Rule, 'name' | 'id'>) => text(rule.name) || rule.id,
    /** What the rule does, in a sentence. */
    rule(rule: Rule): string {
      const unit = unitOf(rule.metric);
      const said = Object.fromEntries(
        Object.entries(rule).map(([name, given]) => [name, value(name, given, unit)]),
      ) as Record<string, string>;
      const sided = `rules.say.${rule.kind}-${said.side === undefined ? '' : (rule as { side?: string }).side}`;
      const key = i18n.exists(sided) ? sided : `rules.say.${rule.kind}`;
      const sentence = i18n.exists(key)
        ? t(key, said)
        : Object.entries(said)
            .filter(([name]) => !PLAIN.has(name))
            .map(([name, what]) => `${short(name)} ${what}`)
            .join(' · ');
      const while_ = rule.suppressWhile?.map(condition).join(t('rules.or'));
      const quiet = while_ ? ` ${t('rules.suppressedWhile', { what: while_ })}` : '';
      return rule.only
        ? `${sentence} ${t('rules.onlyWhile', { what: only(rule.only) })}${quiet}`
        : `${sentence}${quiet}`;
    },
    /** One line for each field that changed, or for the whole rule. */
    change(change: RuleChange): string[] {
      const name = text(change.rule.name);
      if (change.kind !== 'changed') return [t(`rules.change.${change.kind}`, { name })];
      const unit = unitOf(change.rule.metric);
      return change.fields.map(({ field: key, from, to }) =>
        t('rules.change.field', { name, field: short(key), from: value(key, from, unit), to: value(key, to, unit) }),
      );
    },
  };
}

export type RuleWords = ReturnType<typeof useRuleWords>;

/** Fields in the metric's own unit. */
const OF_METRIC = new Set(['level', 'deadband', 'healthyLevel', 'failLevel', 'by', 'perHour', 'minDeviation']);
/** Told elsewhere. */
const PLAIN = new Set(['id', 'kind', 'name', 'only', 'suppressWhile', 'severity', 'component', 'failureMode']);
