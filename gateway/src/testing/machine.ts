import {
  type Alert,
  AlertId,
  buildTopic,
  eventsOfUpload,
  isSuppressionEvent,
  type Rule,
  streams,
  type UptowerEvent,
} from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import { expect } from 'vitest';
import { AlertBook } from '../alarms/alert-book.ts';
import { Amender } from '../event-time/amender.ts';
import { FactBook } from '../event-time/fact-book.ts';
import { foldOf, type PackedFold } from '../event-time/fold.ts';
import type { Moment } from '../event-time/past.ts';
import { RecentMoments } from '../event-time/recent.ts';
import { insert } from '../event-time/tail.ts';
import { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import { type Context, knownOf } from '../pipeline/context.ts';
import { DeviceStates, deviceFrom } from '../pipeline/state.ts';
import { take } from '../pipeline/take.ts';
import { takeLogEvent } from '../pipeline/take-log.ts';
import { takeSuppression } from '../pipeline/take-suppression.ts';
import { World } from '../pipeline/world.ts';
import { Ledger } from '../uptime/ledger.ts';
import { type deviceA1, heliumNovelty, heliumRate, mrModel, principalOf, smallFleet } from './fixtures.ts';
import { coldHeadAdded, coldHeadLearned, slowAdded, slowLearned } from './learned-fixture.ts';

/** One thing a device says, or that happens to it. */
export interface Input {
  readonly channel: 'telemetry' | 'events' | 'state';
  readonly body: object;
}

/** The pipeline's decisions without its shell: messages in, events folded back at once, history from a plain list. */
export function machine(deviceId: typeof deviceA1, options: { memory?: boolean; rules?: readonly Rule[] } = {}) {
  const { memory = true, rules = sensitive } = options;
  const world = new World();
  for (const event of eventsOfUpload(smallFleet({ ...mrModel, rules: [...rules] }))) world.apply(event);
  world.apply(coldHeadAdded);
  world.apply(slowAdded);
  const devices = new DeviceStates();
  const [alerts, ledger, facts] = [new AlertBook(), new Ledger(), new FactBook()];
  const stored: Moment[] = [];
  const versions = new Map<string, number>();
  const log: UptowerEvent[] = [];
  let ids = 0;
  let position = 0;
  const context: Context = {
    world,
    devices,
    sparkplug: new SparkplugSessions(),
    fleet: { device: (id: string) => world.device(id), named: () => undefined, latest: () => undefined } as never,
    alerts,
    ledger,
    facts,
    recent: new RecentMoments(),
    newAlertId: () => AlertId.parse(`alr_${++ids}`),
  };
  const write = (stream: string, event: UptowerEvent) => {
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    log.push(event);
    const entry = { event, stream, version, position: log.length, recordedAt: 0, actor: 'test' };
    alerts.apply(entry as never);
    ledger.applyStored(entry as never);
    if (event.type === 'device.fact') facts.apply(event);
  };
  const amender = new Amender({
    ...context,
    log: silentLogger(),
    state: (id) => devices.byId.get(id),
    known: (id) => {
      const [known, state] = [world.device(id), devices.byId.get(id)];
      return known && state && knownOf(known.device, known.model, state, world);
    },
    history: async (_, from, to) => stored.filter(({ ts }) => ts >= from && ts < to),
    between: (work) => work(position),
    write: async (appends) => {
      for (const { stream, events } of appends) for (const event of events) write(stream, event);
    },
    changed: () => undefined,
  });
  const amend = () => {
    if (!memory) context.recent.forget(deviceId);
    if (devices.byId.get(deviceId)?.past.late) amender.note(deviceId);
    for (const { stream, events } of amender.near(position)) for (const event of events) write(stream, event);
  };
  const logged = (event: UptowerEvent & { at: number }, entry: { position: number; receivedAt: number }) => {
    const { alerts: told, availability } = takeLogEvent(event, event.at, entry, context);
    for (const change of availability) write(streams.availability(deviceId), change);
    return told;
  };
  return {
    alerts,
    log,
    ledger,
    say({ channel, body }: Input, receivedAt: number) {
      position += 1;
      const { siteId } = principalOf(deviceId);
      const payload = Buffer.from(JSON.stringify(body));
      const topic = buildTopic({ siteId, deviceId, channel });
      for (const outcome of take({ kind: 'message', position, receivedAt, from: deviceId, topic, payload }, context)) {
        expect(outcome.refusals).toEqual([]);
        for (const event of outcome.availability) write(streams.availability(deviceId), event);
        for (const fact of outcome.facts) write(streams.facts(deviceId), fact);
        for (const { component, event } of outcome.alerts) write(streams.alert(deviceId, component), event);
        for (const { ts, values } of outcome.readings) insert(stored, { ts, values });
      }
      amend();
    },
    /** What others than the device tell of it. */
    tell(event: UptowerEvent & { at: number }, receivedAt: number = event.at) {
      position += 1;
      const entry = { position, receivedAt };
      const told = isSuppressionEvent(event)
        ? takeSuppression(event, entry, context).flatMap(({ alerts: some }) => some)
        : logged(event, entry);
      for (const { component, event: alert } of told) write(streams.alert(deviceId, component), alert);
      amend();
    },
    /** As the watch does: nothing was heard since. */
    silent(since: number) {
      const occasion = { at: since, knownUntil: since, now: since, position, replayed: false };
      const next = ledger.next(deviceId, { state: 'unknown', cause: 'silent' }, occasion);
      if (next) write(streams.availability(deviceId), next.event);
    },
    settled: () => amender.settled(),
    /** As after a stop: the state comes from a snapshot, what is in memory only is gone. */
    restart() {
      const state = devices.byId.get(deviceId);
      if (!state) return;
      devices.byId.set(deviceId, deviceFrom(JSON.parse(JSON.stringify(state))));
      context.recent.forget(deviceId);
      if (state.past.late) amender.note(deviceId);
    },
    past: () => devices.of(deviceId).past,
    /** What is the same for every order of arrival. */
    outcome() {
      const state = devices.of(deviceId);
      const shown = (alert: Alert) => ({
        component: alert.component,
        raisedAt: alert.raisedAt,
        worst: alert.worst,
        findings: alert.findings,
        occurrences: alert.occurrences,
        cleared: alert.state === 'cleared' ? [alert.clearedAt, alert.clearedBecause] : null,
      });
      const all = alerts
        .list('all')
        .filter((alert) => alert.state !== 'cleared' || alert.clearedBecause !== 'amended-by-late-data')
        .map(shown)
        .sort((a, b) => (a.component < b.component ? -1 : a.component > b.component ? 1 : a.raisedAt - b.raisedAt));
      return {
        fold: readable(foldOf(state)),
        front: state.past.front,
        latest: state.latest,
        alerts: brief(JSON.stringify(all)),
        facts: facts
          .after(deviceId, Number.NEGATIVE_INFINITY)
          .map(({ component, fact, at }) => `${at} ${component} ${fact}`)
          .sort(),
        ledger: ledger.intervals(deviceId).map(({ from, to, state: is, cause }) => [from, to, is, cause]),
      };
    },
  };
}

/** What differs can be seen in it. */
const readable = ({ layout, numbers, rest }: PackedFold) => ({
  ...{ layout, numbers: [...new Float64Array(numbers.buffer)] },
  rest: brief(rest),
});

/** Findings without their curves: what decides is when and what, and how probable. */
const brief = (json: string) =>
  JSON.parse(json, (_, value) =>
    value?.ruleId ? `${value.ruleId} at ${value.at} p ${value.probability} since ${value.evidence.since}` : value,
  );

/** Rules that find something in almost any stream: what is to be the same must first be there. */
const [trend, limit, growth] = mrModel.rules as [never, never, never];
const sensitive = [
  { ...(trend as object), minHours: 0.2, memoryHours: 2, minProbability: 0.05 },
  { ...(limit as object), onDelaySeconds: 60, offDelaySeconds: 60 },
  { ...(growth as object), by: 1, withinHours: 1, holdHours: 0.5 },
  { ...heliumRate, perHour: 5, withinHours: 0.5, deadband: 2, onDelaySeconds: 60, offDelaySeconds: 60 },
  { ...coldHeadLearned, minProbability: 0.3 },
  slowLearned,
  { ...heliumNovelty, onceInDays: 2, everySeconds: 60, onDelaySeconds: 0, offDelaySeconds: 60 },
] as typeof mrModel.rules;
