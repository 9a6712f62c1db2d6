import pino from 'pino';

/** Event name first, ids and quantities as fields: `log.info({ workOrderId }, 'work-order.opened')`. */
export type Logger = pino.Logger;

/** JSON lines on standard error (results own standard output), or into a file. */
export function createLogger(level: string, file?: string): Logger {
  const destination = file ? pino.destination({ dest: file, mkdir: true, sync: true }) : pino.destination(2);
  return pino({ level, base: null, redact: ['password', '*.password', 'token', '*.token'] }, destination);
}

export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
