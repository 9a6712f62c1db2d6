import type { Instant } from '@uptower/domain';
import type { DeviceClock } from '../telemetry/decode/decode.ts';
import { onDeviceTime } from '../telemetry/skew.ts';
import type { DeviceState } from './state.ts';

/** What a device's newest time says of its clock; an observed device sends history. */
export function noteClock({ skew }: DeviceState, { device, ts }: DeviceClock, receivedAt: Instant): void {
  if (device.service === 'full') onDeviceTime(skew, ts, receivedAt);
}
