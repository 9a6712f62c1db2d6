import { answer, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import type { Roads } from '../roads/roads.ts';
import { learnedView } from '../roads/speeds.ts';
import type { DispatchState } from '../state.ts';

/** What travel times rest on, and how old that is. */
export function travelRoutes(
  router: Router,
  { roads, state }: { readonly roads: Roads; readonly state: DispatchState },
): void {
  router.get(
    '/travel',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return { ...roads.status(), learned: learnedView(state.speeds) };
    }),
  );
}
