/** The rules of a new route, each with its sentence. Pure: the form explains with them while a person types. */
import { readTyped, withoutInvisible } from './clean.ts';
import type { CreatableRouteType } from './model.ts';
import { readNorthAmerican } from './phone.ts';
import { unseenProblem } from './route-names.ts';

const creatableTypes: readonly CreatableRouteType[] = ['HOST', 'PSTN', 'URI'];

/** What each type means, and what its value looks like. */
export const typeHelp: Readonly<
  Record<CreatableRouteType, { readonly text: string; readonly example: string }>
> = {
  HOST: {
    text: 'An IP address or a host name, with a port, transport and weight if you like. Without a port, DNS SRV records are tried.',
    example: 'sip.example.com or 198.51.100.24:5061;transport=tls',
  },
  PSTN: {
    text: 'Calls are forwarded to this North American number. Not the number the route will serve: it would call itself.',
    example: '12065550142',
  },
  URI: {
    text: 'A SIP address with a user; port, transport and weight if you like.',
    example: 'sip:inbound@pbx.example.com:5060;transport=tcp',
  },
};

/** A value as the carrier takes it, or the sentence that says what is wrong. `note` is worth knowing, not wrong. */
export type ReadValue =
  | { readonly ok: true; readonly value: string; readonly note: string | null }
  | { readonly ok: false; readonly problem: string };

/**
 * Rules of HOST, PSTN and URI values. The carrier documents host or address with an optional port (no port: SRV records),
 * `sip:` and `sips:` before a URI and, for TLS, before a host, `;transport=tcp|udp|tls`, and `;weight=0…1000` on both routes
 * of a number. It says nothing of IPv6.
 */
export function readRouteValue(type: CreatableRouteType, text: string): ReadValue {
  const value = text.trim();
  if (!value) return bad(`Type a value, such as ${typeHelp[type].example}.`);
  if (/\s/.test(value) && type !== 'PSTN') return bad('A value has no spaces.');
  if (type !== 'PSTN' && withoutInvisible(value) !== value) {
    return bad('There are marks in it that cannot be seen: type it anew.');
  }
  switch (type) {
    case 'HOST':
      return readHost(value);
    case 'PSTN': {
      const number = readNorthAmerican(value);
      const extension = readTyped(value)?.extension ?? null;
      if (extension !== null) return bad(`A route dials a number only: leave out extension ${extension}.`);
      return number
        ? { ok: true, value: number, note: number === value ? null : `Sent as ${number}.` }
        : bad('A North American number has 11 digits and begins with 1, such as 12065550142.');
    }
    case 'URI':
      return readUri(value);
  }
}

function readHost(value: string): ReadValue {
  if (/^[a-z]+:\/\//i.test(value)) return bad('Only the host: leave out what stands before "//".');
  if (value.includes('@')) return bad('A host has no user part. For user@host choose the type URI.');
  if (/^sip:/i.test(value)) return bad('Only the host: leave out "sip:", or choose the type URI.');
  const [address = '', ...parameters] = value.replace(/^sips:/i, '').split(';');
  const wrong = parametersProblem(parameters);
  if (wrong) return bad(wrong);
  if (!address.startsWith('[') && (address.match(/:/g)?.length ?? 0) > 1) {
    return isIpv6(address)
      ? bad(`An IPv6 address needs brackets: [${address}].`)
      : bad('One colon at most, before the port. An IPv6 address needs brackets, such as [2001:db8::1].');
  }
  const parts = splitPort(address);
  if (parts.problem !== null) return bad(parts.problem);
  const problem = hostProblem(parts.host);
  if (problem) return bad(problem);
  const srv = parts.port === null && !isIpv4(parts.host) && !parts.host.startsWith('[');
  const notes = [
    srv ? 'Without a port, DNS SRV records of this host are tried.' : null,
    ...notesOf(parts.host, parameters),
  ];
  return { ok: true, value, note: together(notes) };
}

function readUri(value: string): ReadValue {
  const scheme = /^(sips?):(.*)$/i.exec(value);
  if (!scheme) return bad('Begin with "sip:" or "sips:".');
  const rest = scheme[2] ?? '';
  const at = rest.lastIndexOf('@');
  if (at <= 0) return bad('A user is needed before the host, such as sip:inbound@pbx.example.com.');
  if (!/^[\w.!~*'()&=+$,;?/%:-]+$/.test(rest.slice(0, at)))
    return bad('The user part has a character SIP does not allow.');
  const [address = '', ...parameters] = rest.slice(at + 1).split(';');
  const parts = splitPort(address);
  if (parts.problem !== null) return bad(parts.problem);
  const problem = hostProblem(parts.host) ?? parametersProblem(parameters);
  return problem ? bad(problem) : { ok: true, value, note: together(notesOf(parts.host, parameters)) };
}

/** What may follow a host: one transport and one weight, in any order. */
function parametersProblem(parameters: readonly string[]): string | null {
  for (const parameter of parameters) {
    const weight = /^weight=(.*)$/i.exec(parameter)?.[1];
    if (weight !== undefined) {
      if (!/^\d{1,4}$/.test(weight) || Number(weight) > 1000)
        return 'A weight is a whole number from 0 to 1000.';
    } else if (!/^transport=(tcp|udp|tls)$/i.test(parameter)) {
      return `Only ";transport=tcp", "udp" or "tls" and ";weight=0" to "1000" may follow, not ";${parameter}".`;
    }
  }
  const count = (name: string) => parameters.filter((one) => one.toLowerCase().startsWith(name)).length;
  if (count('transport=') > 1) return 'One transport is enough.';
  return count('weight=') > 1 ? 'One weight is enough.' : null;
}

function notesOf(host: string, parameters: readonly string[]): (string | null)[] {
  return [
    host.startsWith('[') ? 'The carrier does not say whether IPv6 works: try a call.' : null,
    parameters.some((one) => /^weight=/i.test(one))
      ? 'Calls are split by weight only where both routes of a number have one.'
      : null,
  ];
}

function together(notes: readonly (string | null)[]): string | null {
  return notes.filter((note) => note !== null).join(' ') || null;
}

function splitPort(text: string): { host: string; port: number | null; problem: string | null } {
  const split = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  const host = split?.[1] ?? text;
  const given = split?.[2];
  if (!split) return { host, port: null, problem: 'Write it as host or host:port.' };
  if (given === undefined) return { host, port: null, problem: null };
  const port = Number(given);
  const sound = /^\d{1,5}$/.test(given) && port >= 1 && port <= 65_535;
  return { host, port, problem: sound ? null : 'A port is a number from 1 to 65535.' };
}

function hostProblem(host: string): string | null {
  if (!host) return 'The host is missing.';
  if (host.startsWith('[')) {
    return isIpv6(host.slice(1, -1)) ? null : 'That is not an IPv6 address, such as [2001:db8::1].';
  }
  if (/^[\d.]+$/.test(host)) {
    return isIpv4(host) ? null : 'An IPv4 address is four numbers from 0 to 255, such as 198.51.100.24.';
  }
  if (host.length > 253) return 'A host name has at most 253 characters.';
  const labels = host.replace(/\.$/, '').split('.');
  // The underscore is no letter of host names by the book, and stands in names of internal DNS.
  const wrong = labels.find((label) => !/^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/i.test(label));
  return wrong === undefined
    ? null
    : `"${wrong}" is not a part of a host name: letters, digits and inner hyphens only.`;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  // The last two groups may be written as an IPv4 address (RFC 4291 §2.2).
  const mixed = /^(.*:)([\d.]+)$/.exec(text);
  if (mixed?.[2]?.includes('.')) return isIpv4(mixed[2]) && isIpv6(`${mixed[1]}0:0`);
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half ? half.split(':') : []));
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

/**
 * Rules of a name; `builtin` is the label of the built-in route. The documentation says "alphanumeric" in one place and "no restricted characters" in another: what
 * breaks a path or an eye is refused, the rest is the carrier's to judge.
 */
export function nameProblem(name: string, builtin: string): string | null {
  const clean = name.trim();
  if (!clean) return 'Type a name.';
  const unseen = unseenProblem(clean);
  if (unseen) return unseen;
  if (clean.length > 128) return 'A name has at most 128 characters.';
  if (clean.toLowerCase() === builtin) return `"${builtin}" is built in: choose another name.`;
  if (clean === '.' || clean === '..') return 'That name means something else in an address.';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\u0000-\u001f\u007f/\\"]/.test(clean)) return 'A name has no slashes, quotes or control characters.';
  return null;
}

function bad(problem: string): ReadValue {
  return { ok: false, problem };
}

/**
 * Why a listed value is none that the carrier documents; null for sound ones, for types that are not ours to judge, and for a
 * value the carrier does not tell.
 */
export function listedValueProblem(type: string, value: string | null): string | null {
  const known = creatableTypes.find((one) => one === type);
  if (!known || value === null) return null;
  const read = readRouteValue(known, value ?? '');
  return read.ok ? null : read.problem;
}
