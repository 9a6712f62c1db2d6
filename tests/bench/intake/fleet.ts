/** Who the generator speaks for: as many devices as connections, one each. */
export interface Fleet {
  readonly siteId: string;
  /** User name (and device id) and password of each connection. */
  readonly logins: readonly (readonly [username: string, password: string])[];
}

export const SITE = 'site_a';
export const deviceName = (index: number) => `dev_bench${index}`;

/** For peers that ask for no password. */
export const anonymousFleet = (size: number): Fleet => ({
  siteId: SITE,
  logins: Array.from({ length: size }, (_, i) => [deviceName(i), 'any']),
});
