export { FORMATS, type Format } from './format.ts';
export { InputError, type InputProblem } from './input-error.ts';
export { solveOnThreads, type ThreadOptions } from './solve-on-threads.ts';
export type { SolveJob, SolveOutcome, SolveProgress } from './solve-text.ts';
export { TooLargeError, type VroomLimits } from './vroom/request.ts';
export { RoutingError } from './vroom/ways.ts';
