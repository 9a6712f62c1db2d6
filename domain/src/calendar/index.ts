export * from './api.ts';
export * from './away.ts';
export * from './calendars.ts';
export * from './events.ts';
export * from './pattern.ts';
