import { type IssuedCredential, RegistryUpload } from '@uptower/domain';
import type { ServerUnderTest } from './server.ts';

export const SITE = 'site_faults';

const MODEL = {
  id: 'mdl_faults',
  kind: 'other',
  name: { en: 'Faults', zh: 'Faults' },
  metrics: [],
  components: [],
  failureModes: [],
  rules: [],
  reportingIntervalSeconds: null,
};

/** Registers devices at one site; the credential may publish for all of them. */
export async function registerFleet(
  server: ServerUnderTest,
  count: number,
): Promise<{ readonly devices: readonly string[]; readonly username: string; readonly password: string }> {
  const devices = Array.from({ length: count }, (_, i) => `dev_fault-${i}`);
  const name = (text: string) => ({ en: text, zh: text });
  const place = { lat: 29.563, lon: 106.551 };
  await server.call(
    'PUT',
    '/registry',
    RegistryUpload.parse({
      hospitals: [{ id: 'hos_faults', name: name('Faults') }],
      sites: [
        {
          id: SITE,
          hospitalId: 'hos_faults',
          name: name('Faults'),
          place,
          timeZone: 'Asia/Shanghai',
          access: { fromMinute: 0, toMinute: 1440 },
        },
      ],
      contracts: [
        {
          id: 'ctr_faults',
          hospitalId: 'hos_faults',
          name: name('Faults'),
          uptimeTarget: 0.95,
          partialWeight: 0.5,
          downHourCost: 0,
          responseHours: { P1: 4, P2: 8, P3: 24 },
          resolutionHours: { P1: 24, P2: 48, P3: 120 },
        },
      ],
      models: [MODEL],
      devices: devices.map((id) => ({
        id,
        siteId: SITE,
        hospitalId: 'hos_faults',
        modelId: MODEL.id,
        contractId: 'ctr_faults',
        name: name(id),
        serial: id,
        room: name('-'),
        service: 'full',
      })),
    }),
  );
  const [credential] = await server.call<IssuedCredential[]>('POST', '/credentials', { sites: [SITE] });
  if (!credential) throw new Error('the server gave no credential');
  return { devices, username: credential.username, password: credential.password };
}
