import type { RegistryUpload } from '@uptower/domain';
import type { VersionBook } from '../rules/version-book.ts';

/**
 * An upload whose rules read as they did in the upload before says nothing new of them: what was activated here since
 * stays. A registry that is sent again with every start would otherwise undo each activation.
 */
export function keepActiveRules(upload: RegistryUpload, book: VersionBook): RegistryUpload {
  return {
    ...upload,
    models: upload.models.map((model) => {
      const active = book.active(model.id);
      return active && book.isUploaded(model.id, model.rules) ? { ...model, rules: [...active.rules] } : model;
    }),
  };
}
