import { z } from 'zod';
import { ClinicalUse } from './clinical-use.ts';
import { ContractId, DeviceId, HospitalId, ModelId, SiteId } from './ids.ts';
import { LocalText } from './text.ts';

export const Device = z.strictObject({
  id: DeviceId,
  siteId: SiteId,
  hospitalId: HospitalId,
  modelId: ModelId,
  contractId: ContractId,
  name: LocalText,
  serial: z.string().min(1).max(64),
  room: LocalText,
  /** `full`: orders are planned and visited. `observe`: orders are opened and graded for the record, nobody is sent (replayed history, trials). */
  service: z.enum(['full', 'observe']),
  /** Left out: that of the site. */
  clinicalUse: ClinicalUse.optional(),
  /**
   * What else it is called where it speaks another language than the native one: its Sparkplug name (`device`,
   * `node/device` or `group/node/device`), its ThingsBoard name, the tag of its line protocol. Unique within the site.
   */
  aliases: z.array(z.string().min(1).max(200)).max(20).optional(),
});
export type Device = z.infer<typeof Device>;
