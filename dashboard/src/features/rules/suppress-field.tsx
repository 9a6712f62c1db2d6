import { MultiSelect, Select } from '@mantine/core';
import type { DeviceModel, Rule } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useText } from '../../shared/format/use-format.ts';
import { NumberField } from './fields.tsx';

type Conditions = NonNullable<Rule['suppressWhile']>;
type Range = Extract<Conditions[number], { metric: string }>;

const ACTIVITIES = ['idle', 'exam', 'service', 'standby'] as const;

/** While the device does one of these, or a metric lies in a range, the rule's alarm means nothing. Further ranges are kept as they are. */
export function SuppressField(props: {
  given: unknown;
  model: DeviceModel;
  label: string;
  error: string | undefined;
  onChange: (value: unknown) => void;
}) {
  const { t } = useTranslation();
  const text = useText();
  const { model, label, error, onChange } = props;
  const given = (Array.isArray(props.given) ? props.given : []) as Conditions;
  const activities = given.flatMap((each) => ('activity' in each ? each.activity : []));
  const ranges = given.filter((each): each is Range => 'metric' in each);
  const [range, ...others] = ranges as [Partial<Range>?, ...Range[]];
  const put = (chosen: readonly string[], first: Partial<Range> | undefined) => {
    const next = [
      ...(chosen.length > 0 ? [{ activity: chosen }] : []),
      ...(first?.metric ? [Object.fromEntries(Object.entries(first).filter(([, each]) => each !== undefined))] : []),
      ...others,
    ];
    onChange(next.length > 0 ? next : undefined);
  };
  return (
    <>
      <MultiSelect
        size="xs"
        label={label}
        error={error}
        value={activities}
        data={ACTIVITIES.map((value) => ({ value, label: t(`activity.${value}`) }))}
        onChange={(chosen) => put(chosen, range)}
      />
      <Select
        size="xs"
        label={`${label} (metric)`}
        clearable
        value={range?.metric ?? null}
        data={model.metrics.map(({ key, name }) => ({ value: key, label: text(name) }))}
        onChange={(metric) => put(activities, metric ? { ...range, metric } : undefined)}
      />
      {range && (
        <>
          <NumberField
            label={`${label} (min)`}
            error={undefined}
            value={range.min}
            onChange={(min) => put(activities, { ...range, min })}
          />
          <NumberField
            label={`${label} (max)`}
            error={undefined}
            value={range.max}
            onChange={(max) => put(activities, { ...range, max })}
          />
        </>
      )}
    </>
  );
}
