import {
  type Device,
  type DeviceModel,
  type Finding,
  type Instant,
  type LocalText,
  PRESENCE_COMPONENTS,
  type PresenceFact,
  presenceRule,
  SECOND,
} from '@uptower/domain';
import type { DeviceState } from '../pipeline/state.ts';
import type { World } from '../pipeline/world.ts';
import type { Silence } from '../uptime/evidence.ts';
import { clockJumped, gatewayLost, type Occasion, sensorStuck, sessionLost, silent } from './findings.ts';
import type { LostGateway } from './gateways.ts';
import { learnedPatience } from './rhythm.ts';
import { stuckRun } from './sensor.ts';

export interface Facts {
  readonly device: Device;
  readonly model: DeviceModel;
  readonly state: DeviceState;
  readonly silence: Silence | null;
  readonly patienceMs: number | null;
  /** The lost gateway whose one alert stands on this device. */
  readonly bears: LostGateway | undefined;
  /** Its clock did not jump, ours did. */
  readonly serverClock: boolean;
}

/** The findings that the facts of one device are worth by its model's rules, each once it has lasted long enough. */
export function presenceFindings(facts: Facts, world: World, now: Instant): Finding[] {
  const { device, model, state, silence, patienceMs, bears, serverClock } = facts;
  const { presence, evidence } = state;
  const found: Finding[] = [];
  const raise = (fact: PresenceFact, component: string, from: Instant, make: (on: Occasion) => Finding): void => {
    const rule = presenceRule(model, fact);
    if (!rule.alert || now < from + rule.delaySeconds * SECOND) return;
    found.push(make({ component, siteId: device.siteId, rule, now, words: world.wordsOf(device, model) }));
  };
  const { connection, gateway, sensors, clock } = PRESENCE_COMPONENTS;
  if (bears) {
    const { since, devices } = bears;
    raise('gateway-lost', gateway, since, (on) =>
      gatewayLost(on, gatewayName(bears, device, world), since, devices.length),
    );
  } else if (silence?.cause === 'session-lost') {
    const { since } = silence;
    const byWill = evidence.offlineAt !== null;
    raise('session-lost', connection, since, (on) => sessionLost(on, since, byWill, evidence.heardAt ?? since));
  } else if (silence?.cause === 'silent' && patienceMs !== null) {
    const { since } = silence;
    const learned = learnedPatience(presence.rhythm) !== null;
    raise('silent', connection, since + patienceMs, (on) => silent(on, since, patienceMs, learned));
  }
  for (const metric of presence.stuck) {
    const sensor = presence.sensors[metric];
    const limit = sensor ? stuckRun(sensor) : null;
    if (!sensor || limit === null) continue;
    raise('sensor-stuck', sensors, sensor.since, (on) => sensorStuck(on, { ...sensor, metric, limit }));
  }
  const { jumped } = presence.clock;
  if (jumped && !serverClock)
    raise('clock-jumped', clock, jumped.at, (on) => clockJumped(on, jumped.offset, jumped.at));
  return found;
}

/** A Sparkplug node by its name, a device by its own, a site's gateway by the site's. */
function gatewayName({ name }: LostGateway, { siteId }: Device, { registry }: World): LocalText {
  const node = name.startsWith('sparkplug:') ? name.slice('sparkplug:'.length) : null;
  if (node) return { en: node, zh: node };
  return registry.devices.get(name as Device['id'])?.name ?? registry.sites.get(siteId)?.name ?? { en: name, zh: name };
}
