import { createHash } from 'node:crypto';

export type SandboxRoute = { readonly type: string; readonly value: string | null };

const places = [
  'main-office',
  'sbc-east',
  'sbc-west',
  'support-queue',
  'pbx-1',
  'pbx-2',
  'fax',
  'after-hours',
];

/** `sip-reg` and `count` routes of the account's own: a mix of types, with the odd old and unknown one. */
export function makeRoutes(count: number, seed: number): Map<string, SandboxRoute> {
  const routes = new Map<string, SandboxRoute>([['sip-reg', { type: 'SIP-REG', value: null }]]);
  for (let i = 0; i < count; i += 1) {
    const [name, route] = makeRoute(i, seed);
    routes.set(name, route);
  }
  return routes;
}

function makeRoute(i: number, seed: number): [string, SandboxRoute] {
  if (i === 3) return ['PSTNroute1', { type: 'PSTN', value: '178' }];
  if (i === 5) {
    const name = createHash('md5').update(`route ${seed}`).digest('hex');
    return [name, { type: 'HOST', value: '198.51.100.24:5060' }];
  }
  if (i === 7) return ['private-line', { type: 'PRIVACY-PSTN', value: '12065550100' }];
  const place = places[i % places.length] ?? 'route';
  const name = i < places.length ? place : `${place}-${Math.floor(i / places.length) + 1}`;
  switch (i % 3) {
    case 0:
      return [name, { type: 'HOST', value: `sip${i}.example.net:5060` }];
    case 1:
      return [name, { type: 'URI', value: `sip:inbound${i}@203.0.113.${(i % 250) + 1}:5060` }];
    default:
      return [name, { type: 'PSTN', value: `1206555${String(100 + (i % 9900)).padStart(4, '0')}` }];
  }
}

/** The carrier's rule for a new route's value, or null when it keeps it. */
export function problemWith(type: unknown, value: unknown): string | null {
  if (typeof type !== 'string' || typeof value !== 'string') return 'type and value are required';
  switch (type) {
    case 'HOST':
      return /^(sips:)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?)(:\d{1,5})?(;transport=(tcp|udp|tls)|;weight=\d{1,4})*$/i.test(
        value,
      )
        ? null
        : 'HOST value must be an IP address or a host name';
    case 'PSTN':
      return /^1[2-9]\d{9}$/.test(value) ? null : 'PSTN value must be an 11-digit number';
    case 'URI':
      return /^sips?:[^@\s]+@[^@\s;]+(:\d{1,5})?(;transport=(tcp|udp|tls)|;weight=\d{1,4})*$/i.test(value)
        ? null
        : 'URI value must be protocol:user@domain[:port][;transport=<tcp/udp/tls>]';
    default:
      return 'type must be HOST, PSTN or URI';
  }
}
