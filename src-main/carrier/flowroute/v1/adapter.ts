import { Failure, failure, toAppError } from '../../../contract/errors.ts';
import type {
  AreaCode,
  Exchange,
  OddRecord,
  OwnedNumber,
  PhoneNumber,
  Route,
} from '../../../contract/model.ts';
import type { Pace, RequestClass } from '../../../contract/pace.ts';
import { exportedNumber } from '../../../contract/phone.ts';
import { Asking, type AskingOptions } from '../http/asking.ts';
import type { HttpRequest } from '../http/send.ts';
import { flowrouteUrl, rootAddress } from '../../address.ts';
import type { Applied, Carrier, Detailed, DetailsOptions, Slice, SliceRequest } from '../../carrier.ts';
import { aboutOne, unchanged } from '../failures.ts';
import type { Keys } from '../keys.ts';
import { foreignToV1, refuse, type Asked } from './answers.ts';
import { v1Features } from './features.ts';
import { refusedPurchase } from './refusals.ts';
import { authorise, canonicalQuery } from './sign.ts';
import { malformed } from '../http/json.ts';
import {
  readAreaCode,
  readDetails,
  readExchange,
  readOffer,
  readOwned,
  readPage,
  readRoute,
} from './wire.ts';

export type FlowrouteV1Options = AskingOptions & {
  readonly keys: Keys;
  /** The root, without `/v1`; defaults to the carrier's public address. */
  readonly baseUrl?: string;
  readonly userAgent?: string;
};

type Options = { readonly signal?: AbortSignal | undefined };
type Params = Record<string, string | number | undefined>;

const noFailover = () =>
  failure(
    'invalid-input',
    'This API has no way to take the failover away.',
    `Use ${v1Features.builtin.label} instead.`,
  );

/**
 * Flowroute API v1 as a `Carrier`: eight operations on three collections. Collections end with a slash, items do not
 * (the path is signed, so it must be right); `limit` is 1 to 200. A cursor is the number of a page, from 1.
 */
export class FlowrouteV1 implements Carrier {
  readonly features = v1Features;
  #keys: Keys;
  #base: string;
  #now: () => number;
  #userAgent: string;
  #asking: Asking;

  constructor(options: FlowrouteV1Options) {
    this.#keys = options.keys;
    this.#base = `${rootAddress(options.baseUrl ?? flowrouteUrl)}/v1`;
    this.#now = options.now ?? Date.now;
    this.#userAgent = options.userAgent ?? 'Numberdesk';
    this.#asking = new Asking(options, {
      request: (method, path, body) => this.#request(method, path, body),
      foreign: foreignToV1,
      prove: (signal) => this.listRoutes({ cursor: null, limit: 1, signal }),
    });
  }

  /** v1 counts pages from 1, and any of them can be asked for. */
  cursorAt(place: number): string {
    return String(place + 1);
  }

  /** `GET /available-tns/npas/?limit&page`: area codes with numbers for sale. */
  listAreaCodes(request: SliceRequest): Promise<Slice<AreaCode>> {
    const read = (text: string) => readPage('npas', 'area code', request.cursor, text, readAreaCode);
    return this.#list('/available-tns/npas/', request, {}, read);
  }

  /** `GET /available-tns/npanxxs/?npa&limit&page`: keys are six digits, NPA then NXX. */
  listExchanges(request: SliceRequest & { npa?: string }): Promise<Slice<Exchange>> {
    const read = (text: string) => readPage('npanxxs', 'exchange', request.cursor, text, readExchange);
    return this.#list('/available-tns/npanxxs/', request, { npa: request.npa }, read);
  }

  /**
   * `GET /available-tns/tns/?npa&nxx&ratecenter&state&tn&limit&page`. `nxx` needs `npa` and `ratecenter` needs `state`
   * (both checked before sending, as the carrier's .NET SDK does); `tn` is a part of the number.
   */
  async searchAvailable(request: Parameters<Carrier['searchAvailable']>[0]) {
    const { startsWith, endsWith, kind, country, order } = request;
    if (startsWith ?? endsWith ?? kind ?? country ?? order) throw notInV1();
    if (request.nxx && !request.npa) throw needs('An exchange', 'an area code');
    if (request.rateCenter && !request.state) throw needs('A rate center', 'a state');
    const params = {
      npa: request.npa,
      nxx: request.nxx,
      ratecenter: request.rateCenter,
      state: request.state,
      tn: request.contains,
    };
    const read = (text: string) => readPage('tns', 'offer', request.cursor, text, readOffer);
    return this.#list('/available-tns/tns/', request, params, read);
  }

  /** `PUT /tns/{number}` with `{"billing_method"}`: 201 and an empty body. 422 when it is not for sale any more. */
  async purchase(number: PhoneNumber, billingMethod: string, options: Options = {}) {
    const what = `Number ${exportedNumber(number)}`;
    const body = { billing_method: billingMethod };
    await this.#write('PUT', `/tns/${number}`, body, { what }, options).catch((thrown: unknown) => {
      throw refusedPurchase(thrown);
    });
  }

  /** `GET /tns/?pattern&limit&page`: owned numbers; `pattern` is 1 to 11 digits anywhere in the number. */
  listOwned(request: SliceRequest & { pattern?: string }): Promise<Slice<OwnedNumber>> {
    const read = (text: string) => readPage('tns', 'number', request.cursor, text, readOwned);
    return this.#list('/tns/', request, { pattern: request.pattern }, read);
  }

  /** `GET /tns/{number}`: 404 when it is not yours. */
  async getOwned(number: PhoneNumber, options: DetailsOptions = {}): Promise<OwnedNumber> {
    try {
      return await this.#get(
        `/tns/${number}`,
        { what: `Number ${exportedNumber(number)}` },
        (text) => readDetails(number, text),
        options,
      );
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      // The carrier has answered about this very number.
      if (thrown.code === 'odd-record') this.#asking.answered();
      if (thrown.code === 'not-found') await this.#asking.confirmAnswering(options.signal);
      throw thrown;
    }
  }

  /** v1 tells of one number at a time. */
  details(numbers: readonly PhoneNumber[], options: DetailsOptions = {}): Promise<Detailed[]> {
    const one = async (number: PhoneNumber): Promise<Detailed> => {
      try {
        return await this.getOwned(number, options);
      } catch (thrown) {
        if (thrown instanceof Failure && aboutOne.has(thrown.code)) return thrown;
        throw thrown;
      }
    };
    return Promise.all(numbers.map(one));
  }

  /** `PATCH /tns/{number}`: exactly two route names, primary first. 204; 404 for an unknown number or route. */
  async setRoutes(
    number: PhoneNumber,
    names: { primary: string; failover: string },
    options: Options = {},
  ): Promise<void> {
    const body = { routes: [{ name: names.primary }, { name: names.failover }] };
    const what = `Number ${exportedNumber(number)} or one of the routes ${names.primary}, ${names.failover}`;
    await this.#write('PATCH', `/tns/${number}`, body, { what }, options);
  }

  /** One request for both sides: both are known to be set, both to be as before, or neither is known. */
  async setRouting(
    number: PhoneNumber,
    { primary, failover }: { primary: string; failover: string | null },
    options: Options = {},
  ): Promise<Applied> {
    const both = (state: Applied['primary'], error: Applied['error']) => ({
      ...{ primary: state, failover: state, error },
    });
    if (failover === null) return both('kept', noFailover().error);
    try {
      await this.setRoutes(number, { primary, failover }, options);
      return both('set', null);
    } catch (thrown) {
      const error = toAppError(thrown);
      return both(unchanged.has(error.code) ? 'kept' : 'unknown', error);
    }
  }

  /** `GET /routes/?limit&page`: `sip-reg` is always among them and has no value: a list without a route is not this list. */
  listRoutes(request: SliceRequest): Promise<Slice<Route>> {
    const read = (text: string) => {
      const page = readPage('routes', 'route', request.cursor, text, readRoute);
      if (request.cursor === null && page.items.length + page.odd.length === 0)
        throw malformed('it has no routes');
      return page;
    };
    return this.#list('/routes/', request, {}, read);
  }

  /** `PUT /routes/{name}` with `{"type","value"}`: the name is in the path only. */
  async createRoute(
    name: string,
    type: string,
    value: string,
    options: Pick<DetailsOptions, 'signal' | 'soon'> = {},
  ): Promise<void> {
    const path = `/routes/${encodeURIComponent(name)}`;
    await this.#write('PUT', path, { type, value }, { what: `Route ${name}` }, options);
  }

  oddRecords(): Partial<Record<OddRecord['what'], number>> {
    return this.#asking.oddRecords();
  }

  limit(perSecond: number | null): void {
    this.#asking.limit(perSecond);
  }

  pace(): Pace {
    return this.paceAs('all');
  }

  /** v1 is paced as one class, which counts as this one. */
  paceAs(name: RequestClass): Pace {
    return this.#asking.pace(() => name);
  }

  close(): void {
    this.#asking.close();
  }

  async #list<T>(
    path: string,
    request: SliceRequest,
    params: Params,
    read: (text: string) => Slice<T>,
  ): Promise<Slice<T>> {
    const query = canonicalQuery(present({ ...params, limit: request.limit, page: request.cursor ?? 1 }));
    const asked = { what: 'This list', list: true } as const;
    const page = await this.#get(`${path}?${query}`, asked, read, request);
    this.#asking.noteOdd(page.odd);
    return page;
  }

  #get<T extends object>(
    path: string,
    asked: Asked,
    parse: (text: string) => T,
    { signal, background, soon }: DetailsOptions,
  ): Promise<T> {
    return this.#asking.read({ path, signal, background, soon }, (answer) => {
      const error = refuse(answer, asked, this.#now());
      if (error) throw error;
      return parse(answer.body);
    });
  }

  /** The reference shows 201 and 204 as the only yes; what the carrier's SDKs would take besides (200, 202 and so on) is none. */
  async #write(
    method: 'PUT' | 'PATCH',
    path: string,
    body: object,
    asked: Asked,
    { signal, soon }: Pick<DetailsOptions, 'signal' | 'soon'>,
  ) {
    // Serialised once: the signature covers exactly the bytes that are sent.
    const text = JSON.stringify(body);
    await this.#asking.write({
      ...{ method, path, body: text, signal, soon, done: [201, 204] },
      refuse: (answer) => refuse(answer, asked, this.#now()),
    });
  }

  #request(method: HttpRequest['method'], pathAndQuery: string, body?: string) {
    const url = `${this.#base}${pathAndQuery}`;
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'User-Agent': this.#userAgent,
      ...authorise(this.#keys, { method, url, body }, this.#now()),
    };
    if (body === undefined) return { method, url, headers };
    return { method, url, body, headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' } };
  }
}

function present(params: Params): [string, string][] {
  return Object.entries(params).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
}

function needs(what: string, other: string): Error {
  return failure('invalid-input', `${what} can only be searched together with ${other}.`, `Add ${other}.`);
}

function notInV1(): Error {
  return failure(
    'invalid-input',
    'This API cannot search by that.',
    'Search by area code, exchange, place or digits.',
  );
}
