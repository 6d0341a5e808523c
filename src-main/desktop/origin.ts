/** The one origin of our windows. Its host is pinned: `app://anything-else` is refused. */
export const scheme = 'app';
const appHost = 'numberdesk';
export const appOrigin = `${scheme}://${appHost}`;

/** True for an address of our own pages, compared as a parsed address and never as a prefix. */
export function isOwnPage(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === `${scheme}:` && url.host === appHost && !url.username && !url.port;
  } catch {
    return false;
  }
}

/** A link that may leave for the system browser: re-serialised, https only, without credentials; null otherwise. */
export function externalLink(address: string): string | null {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}
