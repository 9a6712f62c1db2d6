import { isAscii } from 'node:buffer';
import { err, ok, type Result } from '@uptower/domain';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON from bytes; anything but valid UTF-8 and valid JSON is an error in words. `NaN` and `Infinity`, which some
 * writers put where JSON has nothing for them, are read as numbers that are not finite, so that they spoil only
 * themselves.
 */
export function parseJson(bytes: Buffer): Result<unknown, string> {
  let text: string;
  try {
    // Most payloads have no other characters, and reading those costs half.
    text = isAscii(bytes) ? bytes.toString('latin1') : utf8.decode(bytes);
  } catch {
    return err('not UTF-8');
  }
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return withoutNumbers(text) ?? err(error instanceof Error ? error.message : 'not JSON');
  }
}

/** A string (to the end where its quote is missing, so that nothing is read twice), or a bare word for a number. */
const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"?|-?\b(?:NaN|Infinity)\b/gs;

/** Parses with 1e999, which reads as infinity, in place of such words; undefined when that does not help either. */
function withoutNumbers(text: string): Result<unknown, string> | undefined {
  if (!/NaN|Infinity/.test(text)) return undefined;
  try {
    return ok(JSON.parse(text.replace(STRING_OR_WORD, (token) => (token.startsWith('"') ? token : '1e999'))));
  } catch {
    return undefined;
  }
}
