import { z } from 'zod';

export const REFUSAL_REASONS = [
  'not-our-topic',
  'unknown-device',
  'malformed-json',
  'malformed-lines',
  'malformed-payload',
  'schema',
  'patient-data',
  'wrong-type',
  'unsupported-type',
  'wrong-unit',
  'impossible-value',
  'future',
  'past',
  'too-many-metrics',
  'unknown-alias',
  'too-many-names',
  'internal',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a message, one item or one value of it was not taken, in words a person can act on. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
  /** The same in Chinese; left out where the words are others', and quoted. */
  readonly zh?: string;
}

const MAX_DETAIL = 300;

export const refusal = (reason: RefusalReason, detail: string, zh?: string): Refusal => ({
  reason,
  detail: detail.slice(0, MAX_DETAIL),
  ...(zh === undefined ? {} : { zh: zh.slice(0, MAX_DETAIL) }),
});

/** The same, said of a place: a path, a line, a name. */
export const within = (place: string, { reason, detail, zh }: Refusal): Refusal =>
  refusal(reason, `${place}: ${detail}`, zh === undefined ? undefined : `${place}: ${zh}`);

/** A name speaks of a person. */
export const personal = (place: string): Refusal =>
  within(place, refusal('patient-data', 'never accepted', '一律不接收'));

/** Nobody is called so, or the sender may not speak for it: `why` says which. */
export const notNamed = (why: string, from: string): Refusal =>
  refusal('unknown-device', why, `找不到所指的设备，或 ${from} 无权代其发送`);

/** So many refusals of one message are told apart. */
const MAX_REFUSALS = 100;

/** One message may hold thousands of wrong values: beyond the first hundred they are one refusal that says how many. */
export function few(refusals: readonly Refusal[]): readonly Refusal[] {
  if (refusals.length <= MAX_REFUSALS) return refusals;
  const [first, more] = [refusals.slice(0, MAX_REFUSALS - 1), refusals.length - MAX_REFUSALS + 1];
  return [
    ...first,
    refusal(refusals.at(-1)?.reason ?? 'schema', `${more} more of this message`, `本条消息中还有 ${more} 处`),
  ];
}

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  number: '数值',
  int: '整数',
  string: '文本',
  boolean: '布尔值',
  array: '列表',
  object: '对象',
  record: '对象',
};
/** What the domain's schemas say in words of their own. */
const OWN_WORDS: Readonly<Record<string, string>> = { 'values is empty': 'values 为空' };

const chinese = z.locales.zhCN().localeError;

/** What the schema says, in Chinese; undefined where it is a sentence of our own that has no other. */
function inChinese(issue: Issue): string | undefined {
  // What came instead is not kept with an issue.
  if (issue.code === 'invalid_type') return `此处应为${TYPES[issue.expected] ?? ` ${issue.expected}`}`;
  if (issue.code === 'custom') return OWN_WORDS[issue.message];
  const said = chinese({ ...issue, input: undefined } as Parameters<typeof chinese>[0]);
  return typeof said === 'string' ? said : (said?.message ?? undefined);
}

/** The first issue with its path; patient data is named as such wherever it stands. */
export function schemaRefusal(prefix: string, issues: readonly Issue[]): Refusal {
  const patient = issues.find((issue) => /patient data/.test(issue.message));
  const issue = patient ?? issues[0];
  const path = [prefix, ...(issue?.path ?? []).map(String)].filter((part) => part !== '').join('.') || '(body)';
  if (patient) return within(path, refusal('patient-data', patient.message, '似为患者信息，一律不接收'));
  return within(path, refusal('schema', issue?.message ?? 'not as expected', issue && inChinese(issue)));
}
