import { CoverageQuery, type CoverageView, type NextEngineerView } from '@uptower/domain';
import { answer, parse, requireViewer } from '@uptower/platform';
import type { Request, Router } from 'express';
import { type CoverageInput, coverageView, nextEngineer } from '../coverage/coverage.ts';
import { nextMonday } from '../roster/demand.ts';
import type { Proposals } from '../roster/proposals.ts';
import type { TravelTimes } from '../travel.ts';
import type { RouteContext } from './context.ts';

/** How much of the expected work engineers reach from home, and where one more would help. Homes are for who plans. */
export function coverageRoutes(
  router: Router,
  { state, clock }: RouteContext,
  { proposals, travel }: { readonly proposals: Proposals; readonly travel: TravelTimes },
): void {
  const inputOf = async (request: Request): Promise<CoverageInput> => {
    requireViewer(request, 'manage-calendars');
    const { minutes, skill } = parse(CoverageQuery, request.query);
    const zone = [...state.registry.engineers.values()][0]?.timeZone ?? 'Etc/UTC';
    const forecast = await proposals.forecast(nextMonday(zone, clock.now()), 1);
    return { registry: state.registry, travel, forecast, minutes, skills: skill };
  };
  router.get(
    '/coverage',
    answer(async (request): Promise<CoverageView> => coverageView(await inputOf(request))),
  );
  router.get(
    '/coverage/next-engineer',
    answer(async (request): Promise<NextEngineerView> => nextEngineer(await inputOf(request))),
  );
}
