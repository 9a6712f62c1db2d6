import {
  type CostsSet,
  DEFAULT_LEAD_HOURS,
  PredictionCosts,
  type RecordAnswer,
  RecordQuery,
  type Retirements,
  type Scorecard,
  ScorecardQuery,
  streams,
} from '@uptower/domain';
import { answer, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import type { RecordBook } from '../record/book.ts';
import type { RecordKeeper } from '../record/keeper.ts';
import { recordRows, scorecardOf } from '../record/scorecard.ts';
import { ruleWorths } from '../record/worth.ts';
import type { RouteContext } from './context.ts';

export interface RecordContext {
  readonly book: RecordBook;
  readonly record: RecordKeeper;
}

/** The engine's own record, for staff: a hospital never sees another's orders, and these figures are of all of them. */
export function recordRoutes(
  router: Router,
  { state, desk, clock }: RouteContext,
  { book, record }: RecordContext,
): void {
  const collect = (leadHours: number, service: 'full' | 'observe' | 'all') =>
    record.collect({ now: clock.now(), leadHours, service });

  router.get(
    '/predictions/scorecard',
    answer((request): Scorecard => {
      requireViewer(request, 'see-operations');
      const { from = null, to = null, lead, service, by } = parse(ScorecardQuery, request.query);
      const found = collect(lead, service);
      return { from, to, leadHours: lead, service, by, ...scorecardOf(found, state.registry, by, { from, to }) };
    }),
  );

  router.get(
    '/predictions/record',
    answer((request): RecordAnswer => {
      requireViewer(request, 'see-operations');
      const { from = null, to = null, lead, service, limit } = parse(RecordQuery, request.query);
      const rows = recordRows(collect(lead, service), state.registry, { from, to });
      return { total: rows.length, rows: rows.slice(0, limit) };
    }),
  );

  const retirements = (): Retirements => {
    const { costs, at: setAt, by: setBy } = book.costs;
    const found = collect(DEFAULT_LEAD_HOURS, 'all');
    return { costs: { ...costs, setAt, setBy }, rules: ruleWorths(found, state.registry, costs) };
  };

  router.get(
    '/predictions/retirements',
    answer((request) => {
      requireViewer(request, 'see-operations');
      return retirements();
    }),
  );

  router.put(
    '/predictions/costs',
    answer((request) => {
      const viewer = requireViewer(request, 'manage-predictions');
      const costs = parse(PredictionCosts, request.body);
      return desk.exclusive(async () => {
        const event: CostsSet = { type: 'prediction-costs.set', at: clock.now(), by: viewer.accountId, costs };
        await desk.write([{ stream: streams.predictionCosts, events: [event] }], viewer.accountId);
        return retirements();
      });
    }),
  );
}
