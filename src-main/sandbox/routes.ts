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

/** A route as v2 has it: v1's name is its alias. */
export type RouteRecord = {
  /** `0` is `sip-reg`. */
  readonly id: string;
  readonly alias: string;
  /** As v1 writes it: HOST, PSTN, URI, SIP-REG. */
  readonly type: string;
  readonly value: string | null;
  readonly edgeStrategy: number | null;
};

const firstId = 83_833;

/**
 * The routes by name, as v1 knows them, and by id, as v2 does. A number of the account keeps the place of a route: it
 * stays the same when the route is renamed, and is not given again once the route is deleted.
 */
export class RouteTable extends Map<string, SandboxRoute> {
  #names: (string | null)[] = [];
  #places = new Map<string, number>();
  #ids: string[] = [];
  #placeOfId = new Map<string, number>();
  #edges = new Map<number, number>();

  override set(name: string, route: SandboxRoute): this {
    if (!this.#places.has(name)) this.#add(name, null);
    return super.set(name, route);
  }

  override delete(name: string): boolean {
    const place = this.#places.get(name);
    if (place === undefined) return false;
    this.#names[place] = null;
    this.#places.delete(name);
    this.#placeOfId.delete(this.#ids[place] ?? '');
    return super.delete(name);
  }

  /** Adds a route under an id of the caller's; for tests that need a certain one. */
  setWithId(id: string, name: string, route: SandboxRoute): void {
    if (!this.#places.has(name)) this.#add(name, id);
    super.set(name, route);
  }

  /** The place of a name, or -1. */
  placeOf(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  /** The place of a name; a name that no route has gets one too, as a number may still point at what is gone. */
  placeFor(name: string): number {
    if (!this.#places.has(name)) this.#add(name, null);
    return this.placeOf(name);
  }

  placeOfId(id: string): number {
    return this.#placeOfId.get(id) ?? -1;
  }

  nameAt(place: number): string | null {
    return this.#names[place] ?? null;
  }

  idAt(place: number): string | null {
    return this.nameAt(place) === null ? null : (this.#ids[place] ?? null);
  }

  at(place: number): RouteRecord | null {
    const alias = this.nameAt(place);
    const route = alias === null ? undefined : this.get(alias);
    if (alias === null || !route) return null;
    return { id: this.#ids[place] ?? '', alias, ...route, edgeStrategy: this.#edges.get(place) ?? null };
  }

  byId(id: string): RouteRecord | null {
    return this.at(this.placeOfId(id));
  }

  /** In the order of making, `sip-reg` first. */
  *records(): Generator<RouteRecord> {
    for (let place = 0; place < this.#names.length; place += 1) {
      const record = this.at(place);
      if (record) yield record;
    }
  }

  /** Makes the route with this id what `record` says, its name included; the numbers that use it keep it. */
  edit({ id, alias, type, value, edgeStrategy }: RouteRecord): void {
    const place = this.placeOfId(id);
    const name = this.nameAt(place);
    if (name === null) return;
    if (name !== alias) {
      super.delete(name);
      this.#places.delete(name);
      this.#places.set(alias, place);
      this.#names[place] = alias;
    }
    super.set(alias, { type, value });
    if (edgeStrategy === null) this.#edges.delete(place);
    else this.#edges.set(place, edgeStrategy);
  }

  #add(name: string, id: string | null): void {
    const place = this.#names.push(name) - 1;
    const own = id ?? (place === 0 ? '0' : String(firstId + place));
    this.#places.set(name, place);
    this.#ids[place] = own;
    this.#placeOfId.set(own, place);
  }
}

/** `sip-reg` and `count` routes of the account's own: a mix of types, with the odd old and unknown one. */
export function makeRoutes(count: number, seed: number): RouteTable {
  const routes = new RouteTable();
  routes.set('sip-reg', { type: 'SIP-REG', value: null });
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
