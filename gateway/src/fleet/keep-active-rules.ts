import { type RegistryUpload, sameData } from '@uptower/domain';
import type { VersionBook } from '../rules/version-book.ts';

/**
 * An upload whose rules read as they did in the upload before says nothing new of them: what was activated here since
 * stays. A registry that is sent again with every start would otherwise undo each activation.
 */
export function keepActiveRules(upload: RegistryUpload, book: VersionBook): RegistryUpload {
  return {
    ...upload,
    models: upload.models.map((model) => {
      const [active, before] = [book.active(model.id), book.uploaded(model.id)];
      return active && sameData(before, model.rules) ? { ...model, rules: [...active.rules] } : model;
    }),
  };
}
