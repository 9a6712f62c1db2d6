import { DAY, DeviceId, type Instant, MINUTE } from '@uptower/domain';
import type { Machine } from '../devices/machine.ts';
import { gatewayOf } from '../world/gateways.ts';
import type { Decoy } from './decoys.ts';

const device = (key: string) => DeviceId.parse(`dev_${key}`);
const HUNG = device('zigong-us-1');
const FAST_CLOCK = device('leshan-dr-1');
const FROZEN = device('dazhou-vent-1');

/** A sensor is called stuck only after it was seen to vary for two days: this device holds more past than others. */
export const PAST_OF: ReadonlyMap<string, number> = new Map([[FROZEN, 3 * DAY]]);

/**
 * Scripted trouble with being heard, so that whoever watches for ten minutes sees each kind once: minutes after the start
 * of the world, away from the first story's region. Losing a session chance does often enough. Pure.
 */
export function presenceStories(start: Instant, fleet: readonly Machine[]): Decoy[] {
  const lasting = (key: string, deviceId: DeviceId, from: number, to: number) => ({
    id: `presence-${key}`,
    deviceId,
    from: start + from * MINUTE,
    to: start + to * MINUTE,
  });
  const carried = fleet.filter(({ device }) => gatewayOf(device) !== null);
  const all: Decoy[] = [
    { ...lasting('hung', HUNG, 25, 70), kind: 'hung' },
    // Less than the five minutes from which on readings are refused: they come, and their times are wrong.
    { ...lasting('clock', FAST_CLOCK, 85, 125), kind: 'clock-off', ms: 4 * MINUTE + 10_000 },
    { ...lasting('frozen', FROZEN, 115, 200), kind: 'frozen', metric: 'flowOffset' },
    ...carried.map(
      ({ device: { id } }): Decoy => ({ ...lasting(`gateway-${id}`, id, 220, 265), kind: 'gateway-away' }),
    ),
  ];
  return all.filter(({ deviceId }) => fleet.some(({ device }) => device.id === deviceId));
}
