import { type Device, type DeviceId, seesHospital, type Viewer } from '@uptower/domain';
import { HttpProblem } from '@uptower/platform';
import type { Services } from './services.ts';

/** The device, for who may see it; for anybody else it does not exist. */
export function visibleDevice(services: Services, viewer: Viewer, id: unknown): Device {
  const device = services.registry.devices.get(String(id) as DeviceId);
  if (!device || !seesHospital(viewer, device.hospitalId)) throw new HttpProblem('not-found');
  return device;
}
