import { err, ok, type Result } from '@uptower/domain';
import { type HazardModel, HazardModelFile, MODEL_FORM } from './model.ts';

/** A learned model as `uptower train` wrote it; otherwise what is wrong with the text, in words that go on from its name. */
export function readHazardModel(content: string): Result<HazardModel, string> {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return err('is not JSON: give the file that "uptower train" wrote');
  }
  const form = formOf(json);
  if (form !== undefined && form !== MODEL_FORM)
    return err(`is a learned model of form ${form}; this version reads form ${MODEL_FORM}: train it again`);
  const parsed = HazardModelFile.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const [problem] = parsed.error.issues;
  return err(`is not a model of "uptower train": ${problem?.path.join('.')}: ${problem?.message}`);
}

function formOf(json: unknown): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { form, components } = json as Record<string, unknown>;
  return typeof form === 'number' && components !== undefined ? form : undefined;
}
