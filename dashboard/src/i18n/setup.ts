import type { Language } from '@uptower/domain';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

const load: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('./en.json'),
  'zh-CN': () => import('./zh-CN.json'),
};
const KEY = 'uptower.language';

function preferred(): Language {
  try {
    const stored = localStorage.getItem(KEY);
    if (stored === 'en' || stored === 'zh-CN') return stored;
  } catch {
    // storage may be switched off
  }
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
}

export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', (await load[language]()).default);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // remembered for this page only
  }
}

/** One language's texts before the first render; the other one when somebody switches. */
export async function setupI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await setLanguage(preferred());
}
