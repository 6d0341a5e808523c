import { failure } from '../../../contract/errors.ts';

/** The address as it is, where keys may be sent: over TLS, or without it to this computer. Else throws `invalid-input`. */
export function needSafe(address: string): string {
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:' || isThisComputer(hostname)) return address;
  throw failure(
    'invalid-input',
    'API v2 sends the secret key itself with each request, so its address has to begin with https://.',
    'Correct the API address, or choose API v1 for it.',
  );
}

/** 127.x.x.x, ::1 and localhost: nothing leaves this computer on the way there. */
function isThisComputer(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
