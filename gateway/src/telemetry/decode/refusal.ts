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
}

export const refusal = (reason: RefusalReason, detail: string): Refusal => ({ reason, detail: detail.slice(0, 300) });

/** So many refusals of one message are told apart. */
const MAX_REFUSALS = 100;

/** One message may hold thousands of wrong values: beyond the first hundred they are one refusal that says how many. */
export function few(refusals: readonly Refusal[]): readonly Refusal[] {
  if (refusals.length <= MAX_REFUSALS) return refusals;
  const [first, more] = [refusals.slice(0, MAX_REFUSALS - 1), refusals.length - MAX_REFUSALS + 1];
  return [...first, refusal(refusals.at(-1)?.reason ?? 'schema', `${more} more of this message`)];
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The first issue with its path; patient data is named as such wherever it stands. */
export function schemaRefusal(prefix: string, issues: readonly Issue[]): Refusal {
  const patient = issues.find((issue) => /patient data/.test(issue.message));
  const issue = patient ?? issues[0];
  const path = [prefix, ...(issue?.path ?? []).map(String)].filter((part) => part !== '').join('.') || '(body)';
  return refusal(patient ? 'patient-data' : 'schema', `${path}: ${issue?.message ?? 'not as expected'}`);
}
