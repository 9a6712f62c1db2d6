import {
  ContractId,
  type Device,
  DeviceId,
  type EngineerId,
  HospitalId,
  RegistryUpload,
  SiteId,
} from '@uptower/domain';
import { KITS, toDeviceModel } from '../devices/catalogue.ts';
import { clinicalUseOf } from '../devices/usage.ts';
import { draws } from '../rng.ts';
import { engineers } from './engineers.ts';
import { FLEET, HOSPITALS, type HospitalRow, TERMS, WITHOUT_ARCHIVE } from './hospitals.ts';
import { PARTS } from './parts.ts';

/** The demo region is exactly what `PUT /registry` takes: nothing about it is known to the product in another way. */
export type World = RegistryUpload;

/** What a hospital says once for all its devices but those of another rhythm. */
const USUAL_RHYTHM = 'scanner';

const ORDINALS = ['一', '二', '三', '四'];

function devicesOf(row: HospitalRow, seed: number): Device[] {
  const chance = draws(seed, 'devices', row.key);
  return KITS.flatMap((kit) => {
    const wanted = kit.code === 'pacs' && WITHOUT_ARCHIVE.has(row.key) ? 0 : (FLEET[row.size][kit.code] ?? 0);
    return Array.from({ length: wanted }, (_, index): Device => {
      const n = index + 1;
      const floor = chance.int(1, 6);
      const room = chance.int(1, 28);
      const door = `${floor}${String(room).padStart(2, '0')}`;
      return {
        id: DeviceId.parse(`dev_${row.key}-${kit.code}-${n}`),
        siteId: SiteId.parse(`site_${row.key}`),
        hospitalId: HospitalId.parse(`hos_${row.key}`),
        modelId: kit.id,
        contractId: ContractId.parse(`ctr_${row.key}`),
        name: {
          en: wanted > 1 ? `${kit.deviceName.en} no. ${n}` : kit.deviceName.en,
          zh: wanted > 1 ? `${kit.deviceName.zh}${ORDINALS[index] ?? n}号机` : kit.deviceName.zh,
        },
        serial: `${kit.code.toUpperCase()}-${chance.int(100_000, 999_999)}`,
        room: { en: `${kit.room.en} ${door}`, zh: `${kit.room.zh} ${door}` },
        service: 'full',
        ...(kit.rhythm !== USUAL_RHYTHM && { clinicalUse: clinicalUseOf(kit.rhythm) }),
      };
    });
  });
}

/** The region of the demo. Pure: the same seed gives the same world. */
export function buildWorld(seed: number): World {
  return RegistryUpload.parse({
    hospitals: HOSPITALS.map((row) => ({ id: `hos_${row.key}`, name: row.name })),
    sites: HOSPITALS.map((row) => ({
      id: `site_${row.key}`,
      hospitalId: `hos_${row.key}`,
      name: { en: `${row.name.en}, main campus`, zh: `${row.name.zh}（本部）` },
      place: { lat: row.lat, lon: row.lon },
      timeZone: 'Asia/Shanghai',
      access: TERMS[row.size].access,
      clinicalUse: clinicalUseOf(USUAL_RHYTHM),
    })),
    contracts: HOSPITALS.map((row) => {
      const { access: _access, contract, ...terms } = TERMS[row.size];
      return { id: `ctr_${row.key}`, hospitalId: `hos_${row.key}`, name: contract, ...terms };
    }),
    models: KITS.map(toDeviceModel),
    devices: HOSPITALS.flatMap((row) => devicesOf(row, seed)),
    engineers: engineers(),
    parts: [...PARTS],
  });
}

/** Who is meant to go to the first story: the nearest with the skill; the field account of the demo. */
export const FIRST_STORY_ENGINEER = 'eng_li-wei' as EngineerId;
