export { type RosterProblem, type Rota, readRoster } from './problem.ts';
export { proposeRota, type RotaProposal } from './propose-rota.ts';
