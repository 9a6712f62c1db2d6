export { type ExplainJob, explainText } from './explain.ts';
export { FORMATS, type Format } from './format.ts';
export { InputError, type InputProblem } from './input-error.ts';
export { SolverThreads, type ThreadOptions } from './solve-on-threads.ts';
export type { SolveJob, SolveOutcome, SolveProgress } from './solve-text.ts';
export { osrmWays } from './vroom/osrm.ts';
export { TooLargeError, type VroomLimits } from './vroom/request.ts';
export { estimatedWays, RoutingError } from './vroom/ways.ts';
