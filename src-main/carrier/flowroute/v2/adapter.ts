import { Failure, failure, toAppError } from '../../../contract/errors.ts';
import {
  pairOf,
  type AreaCode,
  type AvailableNumber,
  type CreatableRouteType,
  type Exchange,
  type ListedNumber,
  type OddRecord,
  type OwnedNumber,
  type PhoneNumber,
  type PriceTier,
  type Route,
} from '../../../contract/model.ts';
import { exportedNumber } from '../../../contract/phone.ts';
import { rootAddress } from '../../address.ts';
import type {
  Applied,
  AvailableSearch,
  Carrier,
  Detailed,
  DetailsOptions,
  RouteList,
  Slice,
  SliceRequest,
} from '../../carrier.ts';
import { aboutOne, unchanged } from '../failures.ts';
import type { Pace, RequestClass } from '../../../contract/pace.ts';
import { readAll } from '../../paging.ts';
import { Asking, type AskingOptions } from '../http/asking.ts';
import { Budget } from '../http/budget.ts';
import { joinPaces } from '../http/pace-of.ts';
import { malformed } from '../http/json.ts';
import type { Keys } from '../keys.ts';
import type { HttpRequest } from '../http/send.ts';
import { foreignToV2, isAbsent, isNotServed, refuse, type Asked } from './answers.ts';
import { FlowrouteV1 } from '../v1/adapter.ts';
import { v2Features } from './features.ts';
import { KnownLacks, type Lacks } from './lacks.ts';
import { ManyDetails } from './many-details.ts';
import { passing, V1RouteList } from './route-list.ts';
import { refusalOf, refusedPurchase, speaksOfMoney } from './refusals.ts';
import { needSafe } from './safe-address.ts';
import {
  ownedOf,
  readAreaCode,
  readDetails,
  readExchange,
  readListed,
  readMany,
  readOffer,
  readPage,
  readRoute,
  readTier,
  routeIdsOf,
  type Page,
} from './wire.ts';

export type FlowrouteV2Options = AskingOptions & {
  readonly keys: Keys;
  /** The root, without `/v2`. */
  readonly baseUrl: string;
  readonly userAgent?: string;
  /** What this account was found to lack before, and who keeps what is found now. */
  readonly lacks?: Lacks | undefined;
  readonly onLacks?: ((lacks: Lacks) => void) | undefined;
};

type Options = { readonly signal?: AbortSignal | undefined };
type Params = Readonly<Record<string, string | undefined>>;

/** What v2 calls the fields that a search can be ordered by. */
const orders = {
  number: 'tn',
  monthly: 'monthly_cost',
  state: 'state',
  rateCenter: 'rate_center',
  kind: 'number_type',
  country: 'iso_country',
} as const;

/** Nobody knows how many requests v2 allows: it begins with few at once, and never has more than this on the way of a kind. */
const pacing = { start: 2, max: 16 };
/** No pause is documented for a 429; half a second was enough for those who met one. */
const tooManyMs = 500;
/** Both are accepted by what is known; the documentation has the first. */
const mediaTypes = ['application/vnd.api+json', 'application/json'] as const;
/** Where details were asked for. Such a request is never repeated. */
const bought = 'it says that something was bought';
/** A refused purchase is followed by a question about the stock, which may take so long. */
const stockMs = 15_000;
const mostRoutePages = 500;

/** What the endpoints are counted as. */
const classes: Readonly<Record<string, RequestClass>> = {
  owned: 'list',
  listRoutes: 'list',
  details: 'details',
  manyDetails: 'details',
  areaCodes: 'search',
  exchanges: 'search',
  tiers: 'search',
  search: 'search',
  purchase: 'change',
  createRoute: 'change',
  primary: 'change',
  failover: 'change',
};

/**
 * Flowroute API v2 as a `Carrier`. Each request carries the keys themselves (HTTP Basic), so it goes to the address of the account
 * and nowhere else: over TLS, or to this computer; links in answers and redirects are never followed. A cursor is an offset.
 */
export class FlowrouteV2 implements Carrier {
  #base: string;
  #authorization: string;
  #userAgent: string;
  #asking: Asking;
  #many: ManyDetails;
  readonly routeList: RouteList;
  /** The same account through v1, for its list; made when it is first asked. */
  #v1: FlowrouteV1 | null = null;
  /** Types of routes by their ids, as they were told last. */
  #types = new Map<string, string>();
  #mediaType: (typeof mediaTypes)[number] = mediaTypes[0];

  /** Throws `invalid-input` for an address that keys must not be sent to. */
  constructor(options: FlowrouteV2Options) {
    const { accessKey, secretKey } = options.keys;
    this.#base = `${needSafe(rootAddress(options.baseUrl))}/v2`;
    this.#authorization = `Basic ${Buffer.from(`${accessKey}:${secretKey}`, 'utf8').toString('base64')}`;
    this.#userAgent = options.userAgent ?? 'Numberdesk';
    const now = options.now ?? Date.now;
    const budget = options.budget ?? new Budget();
    const lacks = new KnownLacks(options.lacks ?? {}, now, options.onLacks ?? (() => undefined));
    this.#many = new ManyDetails(lacks, now);
    // Whether v1 takes the keys says nothing of v2.
    const forV1 = { ...options, budget, onKeys: () => undefined, pacing: { start: 2, max: pacing.max } };
    this.routeList = new V1RouteList({
      v1: () => (this.#v1 ??= new FlowrouteV1({ tooManyMs, ...forV1 })),
      routes: async (signal) => (await this.#allRoutes({ signal, background: true })).items,
      ...{ lacks, now },
    });
    this.#asking = new Asking(
      { pacing, tooManyMs, ...options, budget },
      {
        request: (method, path, body) => this.#request(method, path, body),
        foreign: foreignToV2,
        prove: (signal) => this.listRoutes({ cursor: null, limit: 1, signal }),
      },
    );
  }

  get features() {
    return { ...v2Features, detailsAtOnce: this.#many.size };
  }

  /** Neighbouring parts of the list of numbers have one record in common, which tells whether the list moved between them. */
  cursorAt(place: number, limit: number): string {
    return String(place * (limit - 1));
  }

  /** `GET /v2/numbers/available/areacodes` */
  listAreaCodes(request: SliceRequest): Promise<Slice<AreaCode>> {
    return this.#list('areaCodes', '/numbers/available/areacodes', request, {}, (offset, body) =>
      readPage('area code', offset, body, readAreaCode),
    );
  }

  /** `GET /v2/numbers/available/exchanges?areacode` */
  listExchanges(request: SliceRequest & { npa?: string }): Promise<Slice<Exchange>> {
    const params = { areacode: request.npa };
    return this.#list('exchanges', '/numbers/available/exchanges', request, params, (offset, body) =>
      readPage('exchange', offset, body, readExchange),
    );
  }

  /** `GET /v2/numbers/available/tiers` */
  listTiers(request: SliceRequest): Promise<Slice<PriceTier>> {
    return this.#list('tiers', '/numbers/available/tiers', request, {}, (offset, body) =>
      readPage('price tier', offset, body, readTier),
    );
  }

  /**
   * `GET /v2/numbers/available`. Area code and exchange are the beginning of a North American number. The usual order is not
   * documented, so one is always sent.
   */
  async searchAvailable(request: SliceRequest & AvailableSearch): Promise<Slice<AvailableNumber>> {
    const { by, direction } = request.order ?? { by: 'number', direction: 'asc' };
    const params = {
      starts_with: startOf(request),
      contains: request.contains,
      ends_with: request.endsWith,
      rate_center: request.rateCenter,
      state: request.state,
      number_type: request.kind && (request.kind === 'toll-free' ? 'toll-free' : 'longcode'),
      iso_country: request.country,
      order_by: `${orders[by]},${direction}`,
    };
    return this.#list('search', '/numbers/available', request, params, (offset, body) =>
      readPage('offer', offset, body, readOffer),
    );
  }

  /**
   * `POST /v2/numbers/{number}`: 201, or 207 when it was bought and something beside it failed. The account's preference for
   * looking up callers' names, which costs money with each call, is not relied on: it is switched off.
   */
  async purchase(number: PhoneNumber, _billing: string, { signal }: Options = {}): Promise<void> {
    try {
      await this.#write(
        { method: 'POST', path: pathOf(number), done: [201, 207], endpoint: 'purchase', signal },
        { what: `Number ${exportedNumber(number)}` },
        { cnam_lookups_enabled: false },
      );
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      throw refusedPurchase(thrown, refusalOf(thrown, await this.#stockOf(number, thrown)));
    }
  }

  /** `GET /v2/numbers?contains` */
  listOwned(request: SliceRequest & { pattern?: string }): Promise<Slice<ListedNumber>> {
    const params = { contains: request.pattern };
    return this.#list('owned', '/numbers', request, params, (offset, body) =>
      readPage('number', offset, body, readListed),
    );
  }

  details(numbers: readonly PhoneNumber[], options: DetailsOptions = {}): Promise<readonly Detailed[]> {
    if (numbers.length > 1 && this.#many.size > 1) return this.#inBatches(numbers, options);
    return Promise.all(numbers.map((number) => this.#one(number, options)));
  }

  /** Asks for one number in this way, which was read alone before and has to be told of in the same way. */
  async tryMany(known: OwnedNumber, options: DetailsOptions = {}): Promise<boolean> {
    if (this.#many.size > 1) return true;
    if (!this.#many.worthProbing) return false;
    try {
      const same = await this.#toldTheSame(known, options);
      if (same) this.#many.found();
      else if (same === false) this.#many.deny();
    } catch (thrown) {
      const { code } = toAppError(thrown);
      // Nothing was learned.
      if (['cancelled', 'offline', 'wrong-keys', 'rate-limited'].includes(code)) throw thrown;
      if (passing.has(code)) this.#many.putAside();
      else this.#many.deny();
    }
    return this.#many.size > 1;
  }

  /**
   * True when many details tell of a number what its own details have told. What differs may have changed between both, so both are
   * asked once more before the answer is false. Null when the number is gone, or cannot be read alone any more.
   */
  async #toldTheSame(known: OwnedNumber, options: DetailsOptions): Promise<boolean | null> {
    const { number } = known;
    const isTold = async (alone: OwnedNumber) => {
      const { records } = await this.#askMany([number], options);
      const record = records.get(number);
      return (
        records.size === 1 && record !== undefined && samePair(ownedOf(number, record, this.#types), alone)
      );
    };
    if (await isTold(known)) return true;
    const again = await this.#one(number, options);
    return again instanceof Failure ? null : isTold(again);
  }

  /** `PATCH …/relationships/failover_route`, or `DELETE` for none, and then `PATCH …/primary_route`: live calls move last. */
  async setRouting(
    number: PhoneNumber,
    { primary, failover }: { primary: string; failover: string | null },
    { signal }: Options = {},
  ): Promise<Applied> {
    try {
      await this.#setSide(number, 'failover', failover, signal);
    } catch (thrown) {
      const error = toAppError(thrown);
      return { primary: 'kept', failover: unchanged.has(error.code) ? 'kept' : 'unknown', error };
    }
    try {
      await this.#setSide(number, 'primary', primary, signal);
      return { primary: 'set', failover: 'set', error: null };
    } catch (thrown) {
      const error = toAppError(thrown);
      return { primary: unchanged.has(error.code) ? 'kept' : 'unknown', failover: 'set', error };
    }
  }

  /** `GET /v2/routes`: the built-in route is always among them: a list without a route is not this list. */
  async listRoutes(request: SliceRequest): Promise<Slice<Route>> {
    const page = await this.#list('listRoutes', '/routes', request, {}, (offset, body) => {
      const page = readPage('route', offset, body, readRoute);
      if (offset === 0 && page.rows === 0) throw malformed('it has no routes');
      return page;
    });
    for (const { key, type } of page.items) this.#types.set(key, type);
    return page;
  }

  /** `POST /v2/routes`: 201. An alias that exists is refused with a 403, which is no word about the account. */
  async createRoute(
    name: string,
    type: CreatableRouteType,
    value: string,
    { signal, soon }: Pick<DetailsOptions, 'signal' | 'soon'> = {},
  ): Promise<void> {
    const attributes = { route_type: type === 'PSTN' ? 'number' : type.toLowerCase(), value, alias: name };
    try {
      await this.#write(
        { method: 'POST', path: '/routes', done: [201], endpoint: 'createRoute', signal, soon },
        { what: `Route ${name}` },
        { data: { type: 'route', attributes } },
      );
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'forbidden') throw thrown;
      throw new Failure({ ...thrown.error, code: 'rejected' }, { cause: thrown });
    }
  }

  detailsFree({ signal }: Options = {}): Promise<void> {
    return this.#asking.whenFree(this.#many.size > 1 ? 'manyDetails' : 'details', signal);
  }

  limit(perSecond: number | null): void {
    this.#asking.limit(perSecond);
  }

  pace(): Pace {
    const pace = this.#asking.pace((endpoint) => classes[endpoint] ?? 'all');
    return this.#v1 ? joinPaces(pace, this.#v1.paceAs('list')) : pace;
  }

  oddRecords(): Partial<Record<OddRecord['what'], number>> {
    return this.#asking.oddRecords();
  }

  close(): void {
    this.#asking.close();
    this.#v1?.close();
  }

  /** `GET /v2/numbers/{number}`. What is about this number alone is told in its place. */
  async #one(number: PhoneNumber, { signal, background, soon }: DetailsOptions): Promise<Detailed> {
    const asked = { what: `Number ${exportedNumber(number)}` };
    const read = { path: pathOf(number), signal, endpoint: 'details', background, soon };
    try {
      return await this.#asking.read(read, (answer) => {
        const error = refuse(answer, asked);
        if (error) throw error;
        return readDetails(number, answer.body, this.#types);
      });
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !aboutOne.has(thrown.code)) throw thrown;
      // The carrier has answered about this very number.
      if (thrown.code === 'odd-record') this.#asking.answered();
      if (thrown.code === 'not-found') await this.#asking.confirmAnswering(signal);
      return thrown;
    }
  }

  /** As many at once as the carrier takes; those that it says nothing of are asked for alone. */
  async #inBatches(numbers: readonly PhoneNumber[], options: DetailsOptions): Promise<readonly Detailed[]> {
    const found = new Map<string, Detailed>();
    let at = 0;
    while (at < numbers.length && this.#many.size > 1) {
      const some = numbers.slice(at, at + this.#many.size);
      const told = await this.#batch(some, options);
      // Fewer are asked for from now on, or none.
      if (told === null) continue;
      for (const [number, one] of told) found.set(number, one);
      at += some.length;
    }
    const alone = async (number: PhoneNumber) => found.get(number) ?? (await this.#one(number, options));
    return Promise.all(numbers.map(alone));
  }

  /** Null when the carrier refused, or was not believed. */
  async #batch(
    numbers: readonly PhoneNumber[],
    options: DetailsOptions,
  ): Promise<ReadonlyMap<string, OwnedNumber> | null> {
    const told = new Map<string, OwnedNumber>();
    let untrue: boolean;
    try {
      const { records } = await this.#askMany(numbers, options);
      for (const number of numbers) {
        const record = records.get(number);
        if (record === undefined) continue;
        try {
          told.set(number, ownedOf(number, record, this.#types));
        } catch {
          // Its own details say what is odd about it.
        }
      }
      const [sample] = told.values();
      untrue =
        this.#many.good(numbers.length) && sample !== undefined && (await this.#isUntrue(sample, options));
    } catch (thrown) {
      const { code } = toAppError(thrown);
      if (code === 'foreign-answer') this.#many.foreign();
      if (['cancelled', 'offline', 'wrong-keys', 'foreign-answer', 'rate-limited'].includes(code))
        throw thrown;
      this.#many.bad(passing.has(code));
      return null;
    }
    if (!untrue) return told;
    this.#many.deny();
    return null;
  }

  /** True when the own details of a number say something else than many details did, and do so again. */
  async #isUntrue(told: OwnedNumber, options: DetailsOptions): Promise<boolean> {
    const alone = await this.#one(told.number, options);
    if (alone instanceof Failure || samePair(alone, told)) return false;
    return (await this.#toldTheSame(alone, options)) === false;
  }

  /**
   * `POST /v2/numbers/details`, written out: where it is not served, this lands on what buys a number, and "details" is none. An
   * answer that says something was bought ends its use. Routes whose type nobody told are looked up in the list of routes.
   */
  async #askMany(numbers: readonly PhoneNumber[], { signal, background, soon }: DetailsOptions) {
    const body = JSON.stringify({ numbers: numbers.map((number) => `+${number}`) });
    const read = { method: 'POST', path: '/numbers/details', body, signal, background, soon } as const;
    const many = await this.#asking.read({ ...read, endpoint: 'manyDetails', attempts: 2 }, (answer) => {
      if (isNotServed(answer))
        throw failure('not-found', 'Many numbers cannot be asked for at once.', 'Ask for each.');
      const error = refuse(answer, { what: 'This list' });
      if (error) throw error;
      if (answer.status !== 200) throw new Failure({ ...malformed(bought).error, retryable: false });
      return readMany(answer.body);
    });
    for (const [id, type] of many.included) this.#types.set(id, type);
    const unknown = [...many.records.values()].flatMap(routeIdsOf).some((id) => !this.#types.has(id));
    if (unknown) await this.#allRoutes({ signal, background, soon });
    return many;
  }

  /** Their types are known from then on. */
  #allRoutes({ signal, background, soon }: DetailsOptions) {
    const limit = v2Features.maxPage;
    return readAll(
      (cursor) => this.listRoutes({ cursor, limit, signal, background, soon }),
      ({ key }) => key,
      mostRoutePages,
    );
  }

  async #setSide(
    number: PhoneNumber,
    side: 'primary' | 'failover',
    key: string | null,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const path = `${pathOf(number)}/relationships/${side}_route`;
    const what = `Number ${exportedNumber(number)} or the route ${key ?? ''}`.trimEnd();
    const write = { path, done: [204], signal, endpoint: side };
    if (key === null)
      await this.#write({ ...write, method: 'DELETE' }, { what: `Number ${exportedNumber(number)}` });
    else await this.#write({ ...write, method: 'PATCH' }, { what }, { data: { type: 'route', id: key } });
  }

  /** After a refusal that does not say what it is for: whether the number is still for sale; null when that cannot be told. */
  async #stockOf(number: PhoneNumber, refused: Failure): Promise<boolean | null> {
    const asks = ['rejected', 'not-found', 'forbidden'].includes(refused.code) && !speaksOfMoney(refused);
    if (!asks) return null;
    const signal = AbortSignal.timeout(stockMs);
    try {
      const { items } = await this.searchAvailable({ startsWith: number, cursor: null, limit: 1, signal });
      return items.some((one) => one.number === number);
    } catch {
      return null;
    }
  }

  async #list<T>(
    endpoint: string,
    path: string,
    request: SliceRequest,
    params: Params,
    read: (offset: number, body: string) => Page<T>,
  ): Promise<Page<T>> {
    const offset = Number(request.cursor ?? 0);
    const query = new URLSearchParams(
      Object.entries({ ...params, limit: String(request.limit), offset: String(offset) }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
      ),
    );
    const asked = { what: 'This list' };
    const { signal, background, soon } = request;
    const where = { path: `${path}?${query.toString()}`, signal, background, soon, endpoint };
    const page = await this.#asking.read(where, (answer): Page<T> => {
      // A list that has nothing may be "not found".
      if (isAbsent(answer)) return { items: [], odd: [], rows: 0, next: null };
      const error = refuse(answer, asked);
      if (error) throw error;
      return read(offset, answer.body);
    });
    this.#asking.noteOdd(page.odd);
    return page;
  }

  /** Sent once; once more in another media type when the carrier does not take this one, since then it did nothing. */
  async #write(
    write: Omit<Parameters<Asking['write']>[0], 'refuse' | 'body'>,
    asked: Asked,
    body?: object,
  ): Promise<void> {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const sent = this.#mediaType;
    let unsupported = false;
    const send = () =>
      this.#asking.write({
        ...{ ...write, ...text },
        refuse: (answer) => {
          unsupported = answer.status === 415;
          return refuse(answer, asked);
        },
      });
    try {
      await send();
    } catch (thrown) {
      if (!unsupported || sent !== mediaTypes[0]) throw thrown;
      this.#mediaType = mediaTypes[1];
      await send();
    }
  }

  #request(method: HttpRequest['method'], path: string, body?: string) {
    const headers: Record<string, string> = {
      Accept: mediaTypes[0],
      'User-Agent': this.#userAgent,
      Authorization: this.#authorization,
    };
    const url = `${this.#base}${path}`;
    return body === undefined
      ? { method, url, headers }
      : { method, url, body, headers: { ...headers, 'Content-Type': this.#mediaType } };
  }
}

/** Numbers are digits, and nothing else gets into a path. */
function pathOf(number: PhoneNumber): string {
  if (!/^[1-9]\d{6,14}$/.test(number))
    throw failure('invalid-input', 'That is not a telephone number.', 'Type all of its digits.');
  return `/numbers/${number}`;
}

/** What numbers have to begin with: v2 puts the country's 1 before what neither has it nor begins with a plus sign. */
function startOf({ npa, nxx, startsWith }: AvailableSearch): string | undefined {
  if (nxx && !npa)
    throw failure(
      'invalid-input',
      'An exchange can only be searched together with an area code.',
      'Add an area code.',
    );
  if (npa) return `1${npa}${nxx ?? ''}`;
  return startsWith && `+${startsWith.replace('+', '')}`;
}

function samePair(one: OwnedNumber, other: OwnedNumber): boolean {
  const [a, b] = [pairOf(one), pairOf(other)];
  return a.primary === b.primary && a.failover === b.failover;
}
