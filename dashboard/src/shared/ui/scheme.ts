import { useSyncExternalStore } from 'react';

export type Scheme = 'dark' | 'light';
const CHOICE = 'uptower.theme';
const DEFAULT = 'uptower.theme-default';

const listeners = new Set<() => void>();
let scheme: Scheme = document.documentElement.getAttribute('data-mantine-color-scheme') === 'light' ? 'light' : 'dark';

function store(key: string, value: Scheme): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // remembered for this page only
  }
}

export function chooseScheme(next: Scheme): void {
  scheme = next;
  store(CHOICE, next);
  for (const listener of listeners) listener();
}

/** Dark for operations, light for customers, unless the person chose. */
export function defaultScheme(next: Scheme): void {
  store(DEFAULT, next);
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(CHOICE);
  } catch {
    // no storage, no choice
  }
  if (chosen || scheme === next) return;
  scheme = next;
  for (const listener of listeners) listener();
}

export function useScheme(): Scheme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => scheme,
  );
}
