import { DAY, HOUR, type Instant, type Language, MINUTE, SECOND } from '@uptower/domain';

export const ZONE = 'Asia/Shanghai';

const localeOf = (language: Language) => (language === 'en' ? 'en-GB' : 'zh-CN');

const cache = new Map<string, Intl.DateTimeFormat>();
function dates(language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + zone + JSON.stringify(options);
  let format = cache.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, hourCycle: 'h23', ...options });
    cache.set(key, format);
  }
  return format;
}

/** Everything a screen says about times and numbers, in one language and one zone. Days and hours are the zone's own. */
export function formatter(language: Language, zone = ZONE) {
  const zh = language !== 'en';
  const time = (at: Instant) => dates(language, zone, { hour: '2-digit', minute: '2-digit' }).format(at);
  const seconds = (at: Instant) =>
    dates(language, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
  const day = (at: Instant) =>
    dates(language, zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(at).replace(',', '');
  const weekday = (at: Instant) => dates(language, zone, { weekday: 'short' }).format(at);
  const date = (at: Instant) => dates(language, zone, { day: 'numeric', month: 'short' }).format(at);
  const sameDay = (a: Instant, b: Instant) => day(a) === day(b);
  const number = (value: number, digits = 1) =>
    new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: digits }).format(value);

  /** `45 s`, `12 min`, `3 h 05`, `2 d 4 h` */
  const duration = (ms: number) => {
    const abs = Math.abs(ms);
    if (abs < MINUTE) return `${Math.round(abs / SECOND)} ${zh ? '秒' : 's'}`;
    if (abs < HOUR) return `${Math.floor(abs / MINUTE)} ${zh ? '分' : 'min'}`;
    if (abs < DAY) {
      const h = Math.floor(abs / HOUR);
      const m = Math.floor((abs % HOUR) / MINUTE);
      if (m === 0) return `${h} ${zh ? '小时' : 'h'}`;
      return zh ? `${h} 小时 ${m} 分` : `${h} h ${String(m).padStart(2, '0')}`;
    }
    const d = Math.floor(abs / DAY);
    const h = Math.floor((abs % DAY) / HOUR);
    return zh ? `${d} 天${h ? ` ${h} 小时` : ''}` : `${d} d${h ? ` ${h} h` : ''}`;
  };

  return {
    language,
    time,
    seconds,
    day,
    date,
    weekday,
    number,
    duration,
    /** The time alone today, with its day otherwise. */
    moment: (at: Instant, now: Instant) => (sameDay(at, now) ? time(at) : `${day(at)} ${time(at)}`),
    dayTime: (at: Instant) => `${day(at)} ${time(at)}`,
    percent: (share: number, digits = 0) =>
      new Intl.NumberFormat(localeOf(language), {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(share),
    ago: (at: Instant, now: Instant) => (zh ? `${duration(now - at)}前` : `${duration(now - at)} ago`),
    km: (metres: number) => `${number(metres / 1000, metres < 10_000 ? 1 : 0)} ${zh ? '公里' : 'km'}`,
  };
}

export type Format = ReturnType<typeof formatter>;
