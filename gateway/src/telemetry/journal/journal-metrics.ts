import { Gauge, type Metrics } from '@uptower/platform';
import type { JournalState, JournalStatus } from './status.ts';

const STATES: readonly JournalState[] = ['ok', 'low', 'limit', 'full', 'failing', 'broken'];

/** The journal's figures for Prometheus; alert on `uptower_journal_state{state!="ok"} == 1`. */
export function journalMetrics(metrics: Metrics, status: () => JournalStatus): void {
  const gauge = (name: string, help: string, read: (status: JournalStatus) => number) =>
    new Gauge({
      name: `uptower_journal_${name}`,
      help,
      registers: [metrics],
      collect() {
        this.set(read(status()));
      },
    });
  gauge('bytes', 'Bytes of all segments', ({ bytes }) => bytes);
  gauge('unread_bytes', 'Bytes of segments that not every consumer has passed', ({ unreadBytes }) => unreadBytes);
  gauge('disk_free_bytes', 'Free on the disk of the journal', ({ freeBytes }) => freeBytes ?? Number.NaN);
  gauge('waiting', 'Appends that wait for the disk', ({ waiting }) => waiting);
  gauge('damaged_records', 'Records that could not be read any more', ({ damaged }) => damaged);
  new Gauge({
    name: 'uptower_journal_state',
    help: '1 for the state it is in',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      const { state } = status();
      for (const name of STATES) this.set({ state: name }, name === state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'uptower_journal_consumer_position',
    help: 'How far each consumer has got, durably',
    labelNames: ['consumer'],
    registers: [metrics],
    collect() {
      for (const [consumer, position] of Object.entries(status().consumers)) this.set({ consumer }, position);
    },
  });
}
