import { expect, test } from 'vitest';
import { Device } from './device.ts';
import { aliasConflicts, emptyRegistry, RegistryUpload } from './registry.ts';

const device = (id: string, siteId: string, ...aliases: string[]) => ({
  id,
  siteId,
  hospitalId: 'hos_a',
  modelId: 'mdl_a',
  contractId: 'ctr_a',
  name: { en: id, zh: id },
  serial: id,
  room: { en: '1', zh: '1' },
  service: 'full' as const,
  ...(aliases.length > 0 ? { aliases } : {}),
});
const upload = (...devices: ReturnType<typeof device>[]) => RegistryUpload.parse({ devices });
const known = (...devices: ReturnType<typeof device>[]) => {
  const registry = emptyRegistry();
  for (const item of devices.map((raw) => Device.parse(raw))) registry.devices.set(item.id, item);
  return registry;
};

test('an alias means one device of a site; another site may use it for its own', () => {
  const registry = known(device('dev_a', 'site_a', 'Pump'));
  expect(aliasConflicts(registry, upload(device('dev_b', 'site_b', 'Pump')))).toEqual([]);
  expect(aliasConflicts(registry, upload(device('dev_a', 'site_a', 'Pump', 'Compressor')))).toEqual([]);
  expect(aliasConflicts(registry, upload(device('dev_c', 'site_a', 'Valve', 'Pump')))).toEqual([
    'devices[0].aliases[1]: "Pump" already means dev_a at this site',
  ]);
  expect(aliasConflicts(registry, upload(device('dev_c', 'site_a', 'X'), device('dev_d', 'site_a', 'X')))).toEqual([
    'devices[1].aliases[0]: "X" already means dev_c at this site',
  ]);
});

test('nobody is called by another’s id; an alias given up in the same upload is free', () => {
  const registry = known(device('dev_a', 'site_a', 'Pump'));
  expect(aliasConflicts(registry, upload(device('dev_c', 'site_a', 'dev_a')))).toEqual([
    'devices[0].aliases[0]: "dev_a" already means dev_a at this site',
  ]);
  expect(aliasConflicts(registry, upload(device('dev_a', 'site_a'), device('dev_c', 'site_a', 'Pump')))).toEqual([]);
});
