import { createContext, Script } from 'node:vm';
import * as library from 'rrule';
import { ValueError } from './times.ts';

/** Node finds the library's CommonJS build, whose names are all on `default`. */
const { RRule } = (library as { readonly default?: typeof library }).default ?? library;

export interface RuleLimits {
  /** More than so many inside the period are not taken. */
  readonly occurrences: number;
  /** A rule that takes longer is given up. Real milliseconds: a guard, not part of the result of any honest rule. */
  readonly milliseconds: number;
}

/** A rule that never matches is looked through for thousands of years: that is given up. */
export class RuleTooSlow extends ValueError {}

/**
 * When a rule (RFC 5545, 3.3.10) happens inside `[from, to]`, as wall times like `start`. A rule counts in the wall time of
 * its zone, so it is expanded without one. `until`, if given, is in place of the rule's own.
 */
export function expandRule(
  rule: string,
  start: number,
  period: { readonly from: number; readonly to: number },
  limits: RuleLimits,
  until?: number,
): number[] {
  const options = parseRule(rule);
  const expand = () =>
    new RRule({
      ...options,
      dtstart: new Date(start),
      tzid: null,
      until: until === undefined ? options.until : new Date(until),
    })
      .between(new Date(period.from), new Date(period.to), true, (_, n) => n < limits.occurrences + 1)
      .map((date) => date.getTime());
  const found = guarded(expand, limits.milliseconds);
  if (found.length > limits.occurrences)
    throw new ValueError(`the rule happens more than ${limits.occurrences} times in the period`);
  return found;
}

/** The text of UNTIL in a rule, if it has one. */
export const untilOf = (rule: string): string | undefined => /(?:^|;)UNTIL=([^;]+)/i.exec(rule)?.[1];

function parseRule(rule: string): Partial<library.Options> {
  if (/(?:^|;)FREQ=(SECONDLY|MINUTELY)/i.test(rule))
    throw new ValueError('rules that repeat within the hour are not read');
  if (/(?:^|;)(INTERVAL|COUNT)=(?!0*[1-9]\d{0,8}(;|$))/i.test(rule))
    throw new ValueError('INTERVAL and COUNT are whole numbers from 1');
  try {
    const options = RRule.parseString(rule.trim());
    if (options.freq === undefined) throw new ValueError('the rule has no FREQ');
    return options;
  } catch (error) {
    throw new ValueError(`the rule cannot be read: ${(error as Error).message.slice(0, 100)}`);
  }
}

const script = new Script('work()');

/** Runs `work`, and stops it when it takes longer; nothing else can end a loop on the same thread. */
function guarded<T>(work: () => T, milliseconds: number): T {
  const context = createContext({ work });
  try {
    return script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new RuleTooSlow('the rule takes too long to expand');
    throw error;
  }
}
