/**
 * The sites whose telemetry somebody subscribed to since the broker started, lasting sessions included. Never taken back:
 * an unsubscribed site's messages go the longer way until the next start, which costs time and loses nothing.
 */
export class HeardSites {
  readonly #sites = new Set<string>();
  #all = false;

  /** A subscription that was granted. */
  note(filter: string): void {
    const site = siteHeardBy(filter);
    if (site === '+') this.#all = true;
    else if (site !== null) this.#sites.add(site);
  }

  has(siteId: string): boolean {
    return this.#all || this.#sites.has(siteId);
  }
}

/** The site whose telemetry a filter may match (`+`: any site's); null: none. Topics: `uptower/v1/{site}/{device}/telemetry`. */
function siteHeardBy(filter: string): string | null {
  const levels = filter.split('/');
  const wanted = ['uptower', 'v1', null, null, 'telemetry'];
  for (const [i, level] of levels.entries()) {
    if (level === '#') return i > 2 ? (levels[2] as string) : '+';
    if (i >= wanted.length) return null;
    const fixed = wanted[i];
    if (fixed !== null && level !== '+' && level !== fixed) return null;
  }
  return levels.length === wanted.length ? (levels[2] as string) : null;
}
