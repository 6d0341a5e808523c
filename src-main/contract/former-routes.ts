/** Begins a key that no carrier gives. */
const mark = '\u0001';

/**
 * In the place of the key of a route that an account had in one version of its API, and that the version of today does not have
 * under this name, or has twice. It names the route for people, and is never sent.
 */
export function formerKey(label: string): string {
  return mark + label;
}

/** What people called such a route; null for every other key. */
export function formerLabel(key: string): string | null {
  return key.startsWith(mark) ? key.slice(mark.length) : null;
}
