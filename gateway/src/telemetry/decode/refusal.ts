export type RefusalReason =
  | 'not-our-topic'
  | 'unknown-device'
  | 'malformed-json'
  | 'schema'
  | 'patient-data'
  | 'wrong-type'
  | 'impossible-value'
  | 'future'
  | 'past'
  | 'too-many-metrics'
  | 'internal';

/** Why a message or one item of it was not taken, in words a person can act on. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
}

export const refusal = (reason: RefusalReason, detail: string): Refusal => ({ reason, detail: detail.slice(0, 300) });

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
