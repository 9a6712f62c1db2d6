import { type AccountId, streams, type UptowerEvent, type Viewer } from '@uptower/domain';
import { type EventLog, follow, hashPassword, type IdSource, verifyPassword } from '@uptower/platform';

export interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly name: Viewer['name'];
  readonly role: Viewer['role'];
  readonly hospitalId: Viewer['hospitalId'];
  readonly engineerId: Viewer['engineerId'];
  /** Demo accounts are offered on the sign-in page. */
  readonly demo: boolean;
}

interface Account {
  readonly viewer: Viewer;
  readonly username: string;
  readonly passwordHash: string;
  readonly demo: boolean;
}

/** Who may sign in; folded from the event log. */
export interface Accounts {
  count(): number;
  byId(id: string): Viewer | undefined;
  has(username: string): boolean;
  create(account: NewAccount): Promise<void>;
  endSession(sessionId: string): Promise<void>;
  hasEnded(sessionId: string): boolean;
  /** The viewer, or undefined when name or password is wrong; takes the same time for both. */
  signIn(username: string, password: string): Promise<Viewer | undefined>;
}

export async function openAccounts(
  events: EventLog<UptowerEvent>,
  ids: IdSource,
  now: () => number,
): Promise<Accounts> {
  const byId = new Map<string, Account>();
  const byName = new Map<string, Account>();
  const ended = new Set<string>();
  await follow(events, ({ event }) => {
    if (event.type === 'session.ended') ended.add(event.sessionId);
    if (event.type !== 'account.put') return;
    const { id: accountId, name, role, hospitalId, engineerId, username, passwordHash, demo } = event;
    const account = { viewer: { accountId, name, role, hospitalId, engineerId }, username, passwordHash, demo };
    byId.set(accountId, account);
    byName.set(username, account);
  });
  /** Checked when the name is unknown, so that the answer does not come sooner. */
  const nobody = await hashPassword('nobody has this password');
  return {
    count: () => byId.size,
    byId: (id) => byId.get(id)?.viewer,
    has: (username) => byName.has(username),
    async create({ password, ...account }) {
      const id = ids.next('acc') as AccountId;
      const passwordHash = await hashPassword(password);
      await events.append(
        [{ stream: streams.account(id), events: [{ type: 'account.put', id, passwordHash, ...account }] }],
        {
          at: now(),
          actor: 'app',
        },
      );
    },
    async endSession(sessionId) {
      const at = now();
      await events.append([{ stream: `session/${sessionId}`, events: [{ type: 'session.ended', sessionId, at }] }], {
        at,
        actor: 'app',
      });
    },
    hasEnded: (sessionId) => ended.has(sessionId),
    async signIn(username, password) {
      const account = byName.get(username);
      const right = await verifyPassword(account?.passwordHash ?? nobody, password);
      return right ? account?.viewer : undefined;
    },
  };
}
