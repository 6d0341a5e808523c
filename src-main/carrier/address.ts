import { trimKey } from '../contract/clean.ts';
import { failure } from '../contract/errors.ts';

/** Where Flowroute itself is. */
export const flowrouteUrl = 'https://api.flowroute.com';

/**
 * The root address of a carrier as it is verified, signed, sent to and kept: scheme, host, port and path, written as the URL
 * standard writes them, without a slash at the end and without the version (`/v1`, `/v2`), which each adapter adds. A missing
 * scheme means https. Throws `invalid-input` for what cannot be an address, or holds what must not be in one.
 */
export function rootAddress(text: string): string {
  const typed = trimKey(text);
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw wrong('That is not a web address.', 'It begins with https:// and a host name.');
  }
  if (url.username || url.password) {
    throw wrong(
      'The API address holds a name or a password.',
      'Leave them out: keys have fields of their own.',
    );
  }
  if (url.search || url.hash || /[?#]/.test(typed)) {
    throw wrong('The API address has a query or a fragment.', 'Leave out everything from "?" or "#" on.');
  }
  // Of the path only: a host may be called v1.
  return `${url.origin}${url.pathname.replace(/(\/+(v[12])?)+$/i, '')}`;
}

/** The same for an address that was kept by an earlier version; one that cannot be read stays as it is. */
export function keptRoot(kept: string): string {
  try {
    return kept === '' ? '' : rootAddress(kept);
  } catch {
    return kept;
  }
}

function wrong(message: string, action: string): Error {
  return failure('invalid-input', message, action);
}
