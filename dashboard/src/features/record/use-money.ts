import { useTranslation } from 'react-i18next';

/** Minor units of a currency as people write them, without the small change. */
export function useMoney(currency: string): (minor: number) => string {
  const { i18n } = useTranslation();
  const format = new Intl.NumberFormat(i18n.language.startsWith('zh') ? 'zh-CN' : 'en-GB', {
    style: 'currency',
    currency,
    maximumFractionDigits: 0,
  });
  return (minor) => format.format(minor / 100);
}
