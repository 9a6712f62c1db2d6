import { createHash } from 'node:crypto';
import { Key, looksLikePatientData } from '@uptower/domain';

const MAX_KEY = 64;
const HASH_CHARS = 8;

/**
 * The metric key for a name of another language. A name that is a key stays as it is, unless only its lower-case form is
 * one the model knows. Any other name: lower case, every run of other characters than a–z 0–9 . - becomes one `_`,
 * `m_` before a beginning that is no letter. Where letters would be lost (温度) or the name is cut (64 characters), a
 * short hash of the name tells it from others.
 */
export function metricKey(name: string, isKnown: (key: string) => boolean): string {
  const { key, lower } = spellingOf(name);
  return lower !== null && !isKnown(key) && isKnown(lower) ? lower : key;
}

interface Spelling {
  readonly key: string;
  /** For a name that is a key: the same in lower case, where that is another. */
  readonly lower: string | null;
  readonly personal: boolean;
}

/** Whether a name speaks of a person, as it was written or as it would be kept. */
export const isPersonal = (name: string): boolean => spellingOf(name).personal;

/** The same few names come in every message. Bounded: names are made by devices. */
const MAX_REMEMBERED = 10_000;
const MAX_NAME = 300;
const remembered = new Map<string, Spelling>();

function spellingOf(name: string): Spelling {
  let spelling = remembered.get(name);
  if (!spelling) {
    const written = spell(name);
    spelling = { ...written, personal: looksLikePatientData(name) || looksLikePatientData(written.key) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    if (name.length <= MAX_NAME) remembered.set(name, spelling);
  }
  return spelling;
}

function spell(name: string): Omit<Spelling, 'personal'> {
  const lower = name.toLowerCase();
  if (Key.safeParse(name).success) return { key: name, lower: lower === name ? null : lower };
  const words = lower.replace(/[^a-z0-9.-]+/g, '_').replace(/^[_.-]+|[_.-]+$/g, '');
  const begun = /^[a-z]/.test(words) ? words : `m_${words}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every character beyond ASCII is meant
  if (begun.length <= MAX_KEY && words !== '' && !/[^\x00-\x7f]/.test(name)) return { key: begun, lower: null };
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARS);
  const kept = begun.slice(0, MAX_KEY - HASH_CHARS - 1).replace(/_+$/, '');
  return { key: `${kept}_${hash}`, lower: null };
}
