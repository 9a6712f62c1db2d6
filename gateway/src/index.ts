export { openStore, type StoreSettings } from './adapters/open-store.ts';
export { type BackedUp, type BackupOrder, isNoLock } from './backup.ts';
export { type ExternalBroker, startExternalBroker } from './external-broker/external-broker.ts';
export { type ExternalBrokerOptions, INTAKE_FILTERS } from './external-broker/options.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export type { Incoming } from './incoming.ts';
export type { ExportFormat, ReadingStore, Retention, Selection } from './ports/reading-store.ts';
export { backtestHazard, type HazardOrder } from './prediction/hazard/backtest.ts';
export type { Booster } from './prediction/hazard/boost.ts';
export { featureNames } from './prediction/hazard/features.ts';
export type { FitJob } from './prediction/hazard/fit-job.ts';
export { startFitThreads } from './prediction/hazard/fit-threads.ts';
export { FOLDS, ROUNDS_A_FOLD } from './prediction/hazard/jobs.ts';
export {
  evaluate as evaluateHazard,
  type HazardAnswer,
  type HazardReason,
  optionsFor as hazardOptionsFor,
  reasonsFor as hazardReasonsFor,
} from './prediction/hazard/live.ts';
export type { Member } from './prediction/hazard/member.ts';
export type { HazardModel } from './prediction/hazard/model.ts';
export { readHazardModel } from './prediction/hazard/read-model.ts';
export { seeded } from './prediction/hazard/rng.ts';
export {
  type DeviceState as HazardState,
  type HazardInput,
  startDevice as startHazard,
  take as takeHazard,
  takeSilence as takeHazardSilence,
} from './prediction/hazard/stream.ts';
export { componentsOf, foldOf, train } from './prediction/hazard/train.ts';
export type { Past } from './prediction/hazard/walk.ts';
export { contentsOf, learnedIdOf } from './prediction/learned-models.ts';
export {
  type Novelty,
  type NoveltyState,
  observe as observeNovelty,
  startNovelty,
} from './prediction/novelty/detector.ts';
export { NOVELTY, type NoveltySettings, ONCE_A_FORTNIGHT } from './prediction/novelty/settings.ts';
export { startRulThreads } from './prediction/rul/fit-threads.ts';
export { type RulPrediction, type RulScore, scoreRul } from './prediction/rul/metrics.ts';
export { predictRul, type RulModel } from './prediction/rul/model.ts';
export { parseLives, parseTable, TableError, type UnitHistory } from './prediction/rul/table.ts';
export { type RulOptions, trainRul } from './prediction/rul/train.ts';
export { copyJournal } from './telemetry/journal/copy.ts';
export { headOfFiles, inspectJournal, isJournal, type JournalReport, readFiles } from './telemetry/journal/files.ts';
export type { JournalEntry } from './telemetry/journal/record.ts';
