import type { Viewer } from '@uptower/domain';
import { createContext, use } from 'react';
import type { Session } from './types.ts';

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in; only below the shell, where somebody always is. */
export function useViewer(): Viewer {
  const session = use(SessionContext);
  if (!session) throw new Error('useViewer outside the signed-in shell');
  return session.viewer;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside the signed-in shell');
  return session;
}
