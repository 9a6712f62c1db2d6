import { ActionIcon } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import type { Language } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { setLanguage } from '../../i18n/setup.ts';
import { chooseScheme, useScheme } from './scheme.ts';

const LANGUAGES: readonly { readonly code: Language; readonly label: string }[] = [
  { code: 'en', label: 'EN' },
  { code: 'zh-CN', label: '中文' },
];

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className="up-lang" aria-label={t('nav.language')} style={{ margin: 0, padding: 0 }}>
      {LANGUAGES.map(({ code, label }) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={i18n.language === code}
          onClick={() => void setLanguage(code)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const scheme = useScheme();
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={t(scheme === 'dark' ? 'nav.toLight' : 'nav.toDark')}
      title={t(scheme === 'dark' ? 'nav.toLight' : 'nav.toDark')}
      onClick={() => chooseScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      {scheme === 'dark' ? <IconSun size={17} aria-hidden /> : <IconMoon size={17} aria-hidden />}
    </ActionIcon>
  );
}
