/** The eight operations of v1 on a simulated account. What they answer follows the carrier's documentation and SDKs. */
import type { SandboxAccount } from '../account.ts';
import type { Answer } from '../answer.ts';
import type { Operation } from '../operations.ts';
import { problemWith } from '../routes.ts';
import { canPay, type World } from '../world.ts';
import { listAnswer, makeLinks, readPaging, refuse, slice } from './paging.ts';
import { decode } from './signature.ts';

export type Call = {
  readonly operation: Operation;
  readonly query: URLSearchParams;
  /** The number or the route name in the path, decoded. */
  readonly subject: string;
  readonly body: Buffer;
};

const notFound = refuse(404, 'Not Found');
const unavailable = refuse(422, 'Business Logic Error: The TN is not available for purchase.');
/** Where a number is meant: 11 digits of North America, 7 to 15 of other countries. */
const numberShape = /^\d{7,15}$/;

/** Which operation a request asks for, or the refusal it gets. Collections end with a slash, items do not. */
export function route(method: string, path: string): Pick<Call, 'operation' | 'subject'> | Answer {
  const item = /^\/v1\/(tns|routes)\/([^/]+)$/.exec(path);
  const [, collection, name] = item ?? [];
  const found: Partial<Record<string, Operation>> =
    path === '/v1/available-tns/npas/'
      ? { GET: 'areaCodes' }
      : path === '/v1/available-tns/npanxxs/'
        ? { GET: 'exchanges' }
        : path === '/v1/available-tns/tns/'
          ? { GET: 'search' }
          : path === '/v1/tns/'
            ? { GET: 'owned' }
            : path === '/v1/routes/'
              ? { GET: 'listRoutes' }
              : collection === 'tns'
                ? { GET: 'details', PUT: 'purchase', PATCH: 'setRoutes' }
                : collection === 'routes'
                  ? { PUT: 'createRoute' }
                  : {};
  const operation = found[method];
  if (operation) return { operation, subject: decode(name ?? '') };
  return Object.keys(found).length > 0 ? refuse(405, 'Method Not Allowed') : notFound;
}

/** Does what a call asks for, and answers as v1 does. */
export function perform(call: Call, world: World): Answer {
  const { account, random } = world;
  switch (call.operation) {
    case 'areaCodes':
      return areaCodes(call, account, random);
    case 'exchanges':
      return exchanges(call, account, random);
    case 'search':
      return search(call, account, random);
    case 'owned':
      return owned(call, account, random);
    case 'details':
      return details(call, account);
    case 'purchase':
      return purchase(call, world);
    case 'setRoutes':
      return setRoutes(call, world);
    case 'listRoutes':
      return listRoutes(call, account, random);
    case 'createRoute':
      return createRoute(call, world);
    default:
      return notFound;
  }
}

function areaCodes({ query }: Call, account: SandboxAccount, random: () => number): Answer {
  const paging = readPaging(query, 500);
  if ('status' in paging) return paging;
  const { items, more } = slice(prefixesForSale(account, '', 3), paging);
  const entries = items.map((npa) => {
    const links = { nxxs: `/v1/available-tns/npanxxs/?npa=${npa}`, tns: `/v1/available-tns/tns/?npa=${npa}` };
    return [npa, JSON.stringify(links)] as const;
  });
  return listAnswer('npas', entries, makeLinks('/v1/available-tns/npas/', query, [], paging, more), random);
}

function exchanges({ query }: Call, account: SandboxAccount, random: () => number): Answer {
  const paging = readPaging(query, 500);
  if ('status' in paging) return paging;
  const npa = query.get('npa') ?? '';
  if (!/^\d{0,3}$/.test(npa)) return refuse(422, 'Validation Error: npa must be up to three digits.');
  const { items, more } = slice(prefixesForSale(account, npa, 6), paging);
  const entries = items.map((six) => {
    const tns = `/v1/available-tns/tns/?npa=${six.slice(0, 3)}&nxx=${six.slice(3)}`;
    return [six, JSON.stringify({ tns })] as const;
  });
  const links = makeLinks('/v1/available-tns/npanxxs/', query, ['npa'], paging, more);
  return listAnswer('npanxxs', entries, links, random);
}

/** Prefixes of `length` digits that begin with `within` and have at least one number left, ascending. */
function* prefixesForSale(account: SandboxAccount, within: string, length: number): Generator<string> {
  const unit = 10 ** (10 - length);
  let from = Number(`1${within.padEnd(10, '0')}`);
  const end = Number(`1${within.padEnd(10, '9')}`);
  for (;;) {
    const number = account.nextOffer(from);
    if (number === null || number > end) return;
    yield String(number).slice(1, 1 + length);
    from = (Math.floor(number / unit) + 1) * unit;
  }
}

function search({ query }: Call, account: SandboxAccount, random: () => number): Answer {
  const paging = readPaging(query, 422);
  if ('status' in paging) return paging;
  const text = (name: string) => query.get(name) ?? '';
  const [npa, nxx, tn] = [text('npa'), text('nxx'), text('tn')];
  const [state, center] = [text('state').toUpperCase(), text('ratecenter').toUpperCase()];
  if (!/^\d{0,3}$/.test(npa) || !/^\d{0,3}$/.test(nxx) || !/^\d{0,11}$/.test(tn)) {
    return refuse(422, 'Validation Error: npa, nxx and tn must be digits.');
  }
  if (nxx && !npa) return refuse(422, 'Validation Error: nxx requires npa.');
  if (center && !state) return refuse(422, 'Validation Error: ratecenter requires state.');
  const matching = function* () {
    for (const number of account.offers(npa.length === 3 ? npa + nxx : npa)) {
      if (tn && !number.includes(tn)) continue;
      const offer = account.offer(number);
      if (state && offer.center.state !== state) continue;
      if (center && offer.center.name !== center) continue;
      yield offer;
    }
  };
  const { items, more } = slice(matching(), paging);
  const entries = items.map((offer) => {
    const json = JSON.stringify({
      initial_cost: offer.setupCost,
      monthly_cost: offer.monthlyCost,
      billing_methods: offer.billingMethods,
      ratecenter: offer.center.name,
      state: offer.center.state,
    });
    return [offer.number, json] as const;
  });
  const order = ['npa', 'nxx', 'state', 'ratecenter', 'tn'];
  const links = makeLinks('/v1/available-tns/tns/', query, order, paging, more);
  return listAnswer('tns', withOdd(entries, account.odd.offers, paging.page), links, random);
}

function owned({ query }: Call, account: SandboxAccount, random: () => number): Answer {
  const paging = readPaging(query, 500);
  if ('status' in paging) return paging;
  const pattern = query.get('pattern') ?? '';
  if (!/^\d{0,11}$/.test(pattern)) return refuse(422, 'Validation Error: pattern must be digits.');
  const { items, more } = pattern
    ? slice(placesMatching(account, pattern), paging)
    : placesOf(account, paging);
  const entries = items.map((place) => {
    const number = account.ownedAt(place);
    return [number, JSON.stringify({ ...describe(account, place), detail: `/v1/tns/${number}` })] as const;
  });
  const links = makeLinks('/v1/tns/', query, ['pattern'], paging, more);
  return listAnswer('tns', withOdd(entries, account.odd.owned, paging.page), links, random);
}

function placesOf(account: SandboxAccount, paging: { limit: number; page: number }) {
  const start = (paging.page - 1) * paging.limit;
  const end = Math.min(start + paging.limit, account.ownedCount);
  const items = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  return { items, more: end < account.ownedCount };
}

function* placesMatching(account: SandboxAccount, pattern: string): Generator<number> {
  for (let place = 0; place < account.ownedCount; place += 1) {
    if (account.ownedAt(place).includes(pattern)) yield place;
  }
}

function details({ subject }: Call, account: SandboxAccount): Answer {
  const place = numberShape.test(subject) ? account.find(subject) : -1;
  const odd = account.odd.owned[subject];
  if (odd !== undefined) return { status: 200, body: JSON.stringify(odd) };
  if (place < 0) return notFound;
  return { status: 200, body: JSON.stringify(describe(account, place)) };
}

function describe(account: SandboxAccount, place: number) {
  const routes = account.pairAt(place).map((name) => {
    const known = account.routes.get(name);
    const type = known?.type ?? 'HOST';
    // The built-in route has no `value` here.
    return known?.value === null ? { type, name } : { type, name, value: known?.value ?? '' };
  });
  return { billing_method: account.billingOf(account.ownedAt(place)), routes };
}

function purchase({ subject, body }: Call, world: World): Answer {
  const { account, ledger } = world;
  const json = readJson(body);
  if (json === null) return { status: 400, body: '{}' };
  const { setupCost, monthlyCost, billingMethods } = account.offer(subject);
  const billing = String(json['billing_method']);
  if (!billingMethods.includes(billing)) {
    return refuse(422, 'Business Logic Error: The billing method is not available.');
  }
  const again = account.chargesTwice && account.find(subject) >= 0;
  if (!again) {
    if (!numberShape.test(subject)) return unavailable;
    if (!canPay(world, setupCost)) return refuse(402, 'Insufficient funds.');
    if (!account.sell(subject)) return unavailable;
    account.own(subject, billing);
  }
  ledger.purchased(subject, setupCost, monthlyCost);
  return { status: 201, body: '' };
}

function setRoutes({ subject, body }: Call, world: World): Answer {
  const { account, ledger } = world;
  const json = readJson(body);
  if (json === null) return { status: 400, body: '{}' };
  const place = numberShape.test(subject) ? account.find(subject) : -1;
  if (place < 0) return notFound;
  const wanted: unknown = json['routes'];
  if (!Array.isArray(wanted) || wanted.length !== 2) {
    return refuse(422, 'Validation Error: exactly two routes are required.');
  }
  const [primary, failover] = wanted.map((one: unknown) =>
    typeof one === 'object' && one !== null ? (one as { name?: unknown }).name : null,
  );
  if (typeof primary !== 'string' || typeof failover !== 'string') {
    return refuse(422, 'Validation Error: every route needs a name.');
  }
  if (!account.routes.has(primary) || !account.routes.has(failover)) return notFound;
  ledger.routed(subject, account.pairAt(place), [primary, failover]);
  account.setPair(place, primary, failover);
  return { status: 204, body: '' };
}

function listRoutes({ query }: Call, account: SandboxAccount, random: () => number): Answer {
  const paging = readPaging(query, 422);
  if ('status' in paging) return paging;
  const { items, more } = slice(account.routes, paging);
  const entries = items.map(([name, value]) => [name, JSON.stringify(value)] as const);
  const links = makeLinks('/v1/routes/', query, [], paging, more);
  return listAnswer('routes', withOdd(entries, account.odd.routes, paging.page), links, random);
}

function createRoute({ subject, body }: Call, world: World): Answer {
  const { account, ledger } = world;
  const json = readJson(body);
  if (json === null) return { status: 400, body: '{}' };
  if (subject === 'sip-reg') return refuse(422, 'Validation Error: the name sip-reg is reserved.');
  const { type, value } = json;
  const problem = problemWith(type, value);
  if (problem) return refuse(422, `Validation Error: ${problem}.`);
  // Whether a PUT on an existing name overwrites is not documented; overwriting is the dangerous answer, so it is ours.
  account.routes.set(subject, { type: String(type), value: String(value) });
  ledger.createdRoute(subject, String(type), String(value));
  return { status: 201, body: '' };
}

type Entry = readonly [key: string, json: string];

/** Odd records in their places; those that have none are on the first page. */
function withOdd(
  entries: readonly Entry[],
  odd: Readonly<Record<string, unknown>>,
  page: number,
): readonly Entry[] {
  const keys = Object.keys(odd);
  if (keys.length === 0) return entries;
  const placed = entries.map(([key, json]): Entry => [key, key in odd ? JSON.stringify(odd[key]) : json]);
  if (page > 1) return placed;
  const besides = keys.filter((key) => !entries.some(([known]) => known === key));
  return [...placed, ...besides.map((key): Entry => [key, JSON.stringify(odd[key])])];
}

function readJson(body: Buffer): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
