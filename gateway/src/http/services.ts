import type { Clock, IntakeView, QuarantineEntry, UptowerEvent } from '@uptower/domain';
import type { EventLog, IdSource } from '@uptower/platform';
import type { AlarmHistory } from '../alarms/alarm-history.ts';
import type { SuppressionBook } from '../alarms/suppression-book.ts';
import type { Backtests } from '../backtest/backtests.ts';
import type { Shadows } from '../backtest/shadows.ts';
import type { ViewSources } from '../live/device-view.ts';
import type { ReadingStore } from '../ports/reading-store.ts';
import type { LearnedModels } from '../prediction/learned-models.ts';
import type { VersionBook } from '../rules/version-book.ts';

/** What the routes need; the gateway hands it in. */
export interface Services extends ViewSources {
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly rules: VersionBook;
  readonly learned: LearnedModels;
  readonly backtests: Backtests;
  readonly shadows: Shadows;
  readonly suppressions: SuppressionBook;
  readonly alarmHistory: AlarmHistory;
  /** Brings what was measured until now into the store, then answers from it. */
  history(): Promise<ReadingStore>;
  /** Where a file that is being exported is kept for a moment. */
  readonly exportDir: string;
  intake(): IntakeView;
  quarantine(): readonly QuarantineEntry[];
}
