import type { IntakeView, QuarantineEntry, SystemAlarm } from '@uptower/domain';
import type { JournalStatus } from './status.ts';

/** The journal's part of the intake view, with an alarm for whatever is wrong with it. */
export function journalView(status: JournalStatus): Pick<IntakeView, 'journal' | 'alarms'> {
  const { state, since, detail, bytes, unreadBytes, freeBytes, waiting, damaged, damages, consumers } = status;
  const alarms: SystemAlarm[] = [];
  if (state === 'low') alarms.push({ code: 'journal-low', since, freeBytes: freeBytes ?? 0 });
  else if (state === 'limit') alarms.push({ code: 'journal-limit', since });
  else if (state !== 'ok') alarms.push({ code: `journal-${state}`, since, error: detail });
  if (damaged > 0) {
    const files = [...new Set(damages.map(({ file }) => file))];
    alarms.push({ code: 'journal-damaged', since: damages[0]?.at ?? null, records: damaged, files });
  }
  return { journal: { state, bytes, unreadBytes, freeBytes, waiting, damaged, consumers }, alarms };
}

/** What could not be read, in the quarantine list: it was acknowledged once, so somebody must learn of it. */
export const damageEntries = ({ damages }: JournalStatus): QuarantineEntry[] =>
  damages.map(({ at, file, offset, from, to }) => ({
    id: `d_${from}`,
    at,
    reason: 'journal-damaged',
    detail: `records ${from} to ${to} cannot be read: ${file} holds something else at byte ${offset}`,
    zh: `记录 ${from} 至 ${to} 无法读取：${file} 在第 ${offset} 字节处是别的内容`,
    from: '',
    topic: '',
    excerpt: '',
  }));
