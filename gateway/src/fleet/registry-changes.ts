import { isDeepStrictEqual } from 'node:util';
import { eventsOfUpload, type Registry, type RegistryEvent, type RegistryUpload } from '@uptower/domain';

/** What of an upload is new or different; a second upload of the same is empty. */
export function registryChanges(registry: Registry, upload: RegistryUpload): RegistryEvent[] {
  return eventsOfUpload(upload).filter((event) => {
    const [known, put] = presentAndPut(registry, event);
    return !isDeepStrictEqual(known, put);
  });
}

function presentAndPut(registry: Registry, event: RegistryEvent): readonly [unknown, unknown] {
  switch (event.type) {
    case 'hospital.put':
      return [registry.hospitals.get(event.hospital.id), event.hospital];
    case 'site.put':
      return [registry.sites.get(event.site.id), event.site];
    case 'contract.put':
      return [registry.contracts.get(event.contract.id), event.contract];
    case 'model.put':
      return [registry.models.get(event.model.id), event.model];
    case 'device.put':
      return [registry.devices.get(event.device.id), event.device];
    case 'engineer.put':
      return [registry.engineers.get(event.engineer.id), event.engineer];
    case 'part.put':
      return [registry.parts.get(event.part.id), event.part];
    default:
      return [undefined, event];
  }
}
