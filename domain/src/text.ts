import { z } from 'zod';

/** A name people read, in both languages the product speaks. */
export const LocalText = z.strictObject({ en: z.string().min(1).max(200), zh: z.string().min(1).max(200) });
export type LocalText = z.infer<typeof LocalText>;

export type Language = 'en' | 'zh-CN';

export function inLanguage(text: LocalText, language: Language): string {
  return language === 'en' ? text.en : text.zh;
}
