import type { Device } from '@uptower/domain';

/** Houses whose devices have no line of their own: a ThingsBoard gateway of the site carries them all. */
const SITES_WITH_GATEWAY: ReadonlySet<string> = new Set(['site_yaan']);

/** The site whose gateway carries a device; null: it has a session of its own. */
export const gatewayOf = ({ siteId }: Pick<Device, 'siteId'>): Device['siteId'] | null =>
  SITES_WITH_GATEWAY.has(siteId) ? siteId : null;
