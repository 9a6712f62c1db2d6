import { useMemo } from 'react';
import { useFormat } from '../../shared/format/use-format.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes and short times as people read them. */
export function useUnits() {
  const format = useFormat();
  return useMemo(
    () => ({
      bytes(value: number): string {
        const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
        const figure = value / 1000 ** power;
        return `${format.number(figure, figure < 10 && power > 0 ? 1 : 0)} ${UNITS[power]}`;
      },
      /** `0.4 ms`, `12 ms`, `3.1 s`, `5 min` */
      ms(value: number): string {
        if (value >= 60_000) return format.duration(value);
        if (value >= 1_000)
          return `${format.number(value / 1000, value < 10_000 ? 1 : 0)} ${format.language === 'en' ? 's' : '秒'}`;
        return `${format.number(value, value < 10 ? 1 : 0)} ${format.language === 'en' ? 'ms' : '毫秒'}`;
      },
    }),
    [format],
  );
}
