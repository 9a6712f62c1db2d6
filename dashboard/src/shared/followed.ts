/** The story somebody began to watch on this tab; a look at another page does not lose it. */
const KEY = 'uptower.story';

export function followedStory(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // storage may be switched off
  }
}

export function followStory(orderId: string): void {
  try {
    sessionStorage.setItem(KEY, orderId);
  } catch {
    // known to the address of the page only
  }
}
