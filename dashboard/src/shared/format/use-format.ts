import { inLanguage, type Language, type LocalText } from '@uptower/domain';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatter, ZONE } from './format.ts';

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}

export function useFormat(zone = ZONE) {
  const language = useLanguage();
  return useMemo(() => formatter(language, zone), [language, zone]);
}

/** Names that the server knows in both languages. */
export function useText(): (text: LocalText | null | undefined) => string {
  const language = useLanguage();
  return useMemo(() => (text) => (text ? inLanguage(text, language) : ''), [language]);
}
