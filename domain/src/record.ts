export * from './record/api.ts';
export * from './record/calibration.ts';
export * from './record/figures.ts';
export * from './record/grade.ts';
export * from './record/intervals.ts';
export * from './record/retirement.ts';
