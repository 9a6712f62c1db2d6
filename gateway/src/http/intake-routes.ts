import { buildTopic, type Channel, type DeviceId, mayPublish, type Principal, usernameOf } from '@uptower/domain';
import { answer, HttpProblem } from '@uptower/platform';
import { type RequestHandler, Router } from 'express';
import { decode } from '../telemetry/decode/decode.ts';
import type { Refusal } from '../telemetry/decode/refusal.ts';
import { influxRoutes } from './influx-routes.ts';
import { DEFAULT_INTAKE_LIMITS, type IntakeLimits, type IntakePorts, intakeRequests } from './intake-request.ts';

/** So many refusals are named in an answer. */
const MAX_NAMED = 100;

/**
 * Messages over HTTP, for devices and agents that speak it; mounted at the root, before anybody is asked to sign in. An
 * answer of 2xx leaves after the journal has the message, as an acknowledgement over MQTT does; what is refused is
 * quarantined there like any message.
 */
export function createIntakeRouter(ports: IntakePorts, limits: Partial<IntakeLimits> = {}): Router {
  const all = { ...DEFAULT_INTAKE_LIMITS, ...limits };
  const router = Router();
  const requests = intakeRequests(ports, all);
  for (const [path, channel] of Object.entries(CHANNELS))
    router.post(path, requests.identify(false), onlyJson, requests.body, take(channel));
  influxRoutes(router, ports, all, requests);
  return router;

  function take(channel: Channel): RequestHandler {
    return answer(async (request, response) => {
      const principal = requests.principalOf(request);
      const payload = request.body as Buffer;
      const topic = topicOf(principal, channel, request.query.device);
      if (payload.length > all.messageBytes) {
        ports.refused(
          'too-large',
          usernameOf(principal),
          topic,
          `${payload.length} bytes, at most ${all.messageBytes}`,
        );
        throw new HttpProblem('too-large', `${payload.length} bytes, at most ${all.messageBytes}`);
      }
      const decoded = decode(topic, payload, ports.now(), ports.fleet());
      await requests.store(principal, topic, [payload], response);
      const refused = 'refusals' in decoded ? decoded.refusals : [];
      if (refused.length === 0) return undefined;
      const taken = decoded.kind === 'readings' ? decoded.readings.length : 0;
      if (taken === 0)
        throw new HttpProblem('nothing-taken', refused[0]?.detail, refused.slice(0, MAX_NAMED).map(named));
      return { taken, refused: refused.slice(0, MAX_NAMED) };
    });
  }

  /** A device's credential speaks for that device; a site's for the one the query names. */
  function topicOf(principal: Principal, channel: Channel, named: unknown): string {
    const id = named ?? (principal.kind === 'device' ? principal.deviceId : undefined);
    if (id === undefined)
      throw new HttpProblem('bad-request', 'a site speaks for many devices: name one with ?device=', [
        { path: 'device', message: 'missing' },
      ]);
    const found = typeof id === 'string' ? ports.fleet().named([id], usernameOf(principal)) : 'named more than once';
    const known = typeof found === 'string' ? ports.fleet().device(String(id))?.device : found.device;
    const to = { siteId: principal.siteId, deviceId: (known?.id ?? id) as DeviceId, channel };
    if (typeof found === 'string' || !mayPublish(principal, { ...to, siteId: found.device.siteId })) {
      ports.refused('foreign-topic', usernameOf(principal), String(id).slice(0, 200), String(found));
      throw new HttpProblem('foreign-device', typeof found === 'string' ? found : undefined);
    }
    return buildTopic(to);
  }
}

const CHANNELS: Readonly<Record<string, Channel>> = {
  '/api/v1/telemetry': 'telemetry',
  '/api/v1/events': 'events',
  '/api/v1/state': 'state',
};

const onlyJson: RequestHandler = (request, _response, next) => {
  const type = request.headers['content-type'];
  if (type !== undefined && !/^(application\/([\w.-]+\+)?json|text\/json)\s*(;|$)/i.test(type))
    return next(new HttpProblem('unsupported-media', `content-type ${type.slice(0, 100)}: send application/json`));
  next();
};

/** Details begin with where in the body it is. */
function named({ reason, detail }: Refusal): { readonly path: string; readonly message: string } {
  const [, path = '(body)', words = detail] = /^(\S+): (.*)$/s.exec(detail) ?? [];
  return { path, message: `${reason}: ${words}` };
}
