import { parentPort } from 'node:worker_threads';
import { CalendarError } from '../availability/ical/lines.ts';
import { type ReadOptions, readCalendar } from '../availability/ical/read-calendar.ts';

parentPort?.on('message', ({ text, options }: { text: string; options: ReadOptions }) => {
  try {
    parentPort?.postMessage({ copy: readCalendar(text, options) });
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error;
    parentPort?.postMessage({ refused: error.message });
  }
});
