import { DAY, HOUR, type Instant, type LocalText, MINUTE } from '@uptower/domain';

/** What a detector needs to speak of a device's metrics to people. */
export interface Words {
  metric(key: string): { readonly name: LocalText; readonly unit: string };
  /** IANA zone of the device's site; people there read local time. */
  readonly timeZone: string;
}

/** Three significant digits are enough to judge by; large numbers keep their units. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

export const withUnit = (value: number, unit: string): string => (unit ? `${figure(value)} ${unit}` : figure(value));

export function duration(ms: number): LocalText {
  const say = (n: number, en: string, zh: string) => ({ en: `${n} ${en}${n === 1 ? '' : 's'}`, zh: `${n} ${zh}` });
  if (ms < HOUR) return say(Math.max(1, Math.round(ms / MINUTE)), 'minute', '分钟');
  if (ms < 2 * DAY) return { en: `${Math.round(ms / HOUR)} h`, zh: `${Math.round(ms / HOUR)} 小时` };
  return say(Math.round(ms / DAY), 'day', '天');
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local date and time as `11-21 03:10`; without the date when it is the same day as `now`. */
export function localTime(at: Instant, now: Instant, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    const parts = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en', { timeZone, ...parts });
    formats.set(timeZone, format);
  }
  const read = (instant: Instant) => {
    const part = Object.fromEntries(
      (format as Intl.DateTimeFormat).formatToParts(instant).map((p) => [p.type, p.value]),
    );
    return { day: `${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
  };
  const [there, here] = [read(at), read(now)];
  return there.day === here.day && now - at < DAY ? there.time : `${there.day} ${there.time}`;
}

/** LocalText holds at most 200 characters. */
export const clip = (text: LocalText): LocalText => ({ en: text.en.slice(0, 200), zh: text.zh.slice(0, 200) });
