import { err, ok, type Result } from '@uptower/domain';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON from bytes; anything but valid UTF-8 and valid JSON is an error in words. */
export function parseJson(bytes: Uint8Array): Result<unknown, string> {
  try {
    return ok(JSON.parse(utf8.decode(bytes)));
  } catch (error) {
    return err(error instanceof SyntaxError ? error.message : 'not UTF-8');
  }
}
