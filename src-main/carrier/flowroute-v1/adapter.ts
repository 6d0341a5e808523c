import { failure } from '../../contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../../contract/model.ts';
import { Requester, type RequesterOptions } from '../../http/requester.ts';
import type { HttpAnswer, HttpRequest } from '../../http/send.ts';
import { rootAddress } from '../address.ts';
import type { Carrier, CarrierCapabilities, Page, PageRequest } from '../carrier.ts';
import { refuse, type Asked } from './answers.ts';
import { authorise, canonicalQuery, type Keys } from './sign.ts';
import { parseAnswer, readAvailable, readOwned, readRoutes, sortedEntries, type Wire } from './wire.ts';

export type FlowrouteV1Options = RequesterOptions & {
  readonly keys: Keys;
  /** The root, without `/v1`; defaults to the carrier's public address. */
  readonly baseUrl?: string;
  /** Unix milliseconds; for tests. */
  readonly now?: () => number;
  readonly userAgent?: string;
};

export const flowrouteUrl = 'https://api.flowroute.com';

/** v1 has no way to release a number, edit or delete a route, or set an alias (all v1 SDKs agree). */
const capabilities: CarrierCapabilities = {
  releaseNumber: false,
  editRoute: false,
  deleteRoute: false,
  alias: false,
  maxPageSize: 200,
};

type Params = Record<string, string | number | undefined>;

/**
 * Flowroute API v1 as a `Carrier`: eight operations on three collections. Collections end with a slash, items do not
 * (the path is signed, so it must be right); `limit` is 1 to 200, `page` begins at 1.
 */
export class FlowrouteV1 implements Carrier {
  readonly capabilities = capabilities;
  #keys: Keys;
  #base: string;
  #now: () => number;
  #userAgent: string;
  #requester: Requester;

  constructor(options: FlowrouteV1Options) {
    this.#keys = options.keys;
    this.#base = `${rootAddress(options.baseUrl ?? flowrouteUrl)}/v1`;
    this.#now = options.now ?? Date.now;
    this.#userAgent = options.userAgent ?? 'Numberdesk';
    this.#requester = new Requester(options);
  }

  /** `GET /available-tns/npas/?limit&page`: area codes with numbers for sale. */
  async listAreaCodes(request: PageRequest): Promise<Page<{ npa: string }>> {
    const body = await this.#list('npas', '/available-tns/npas/', request, {});
    return page(
      body,
      sortedEntries(body.npas).map(([npa]) => ({ npa })),
    );
  }

  /** `GET /available-tns/npanxxs/?npa&limit&page`: keys are six digits, NPA then NXX. */
  async listExchanges(request: PageRequest & { npa?: string }): Promise<Page<{ npa: string; nxx: string }>> {
    const body = await this.#list('npanxxs', '/available-tns/npanxxs/', request, { npa: request.npa });
    const items = sortedEntries(body.npanxxs).map(([key]) => ({ npa: key.slice(0, 3), nxx: key.slice(3) }));
    return page(body, items);
  }

  /**
   * `GET /available-tns/tns/?npa&nxx&ratecenter&state&tn&limit&page`. `nxx` needs `npa` and `ratecenter` needs `state`
   * (both checked before sending, as the carrier's .NET SDK does); `tn` is a part of the number.
   */
  async searchAvailable(request: Parameters<Carrier['searchAvailable']>[0]) {
    if (request.nxx && !request.npa) throw needs('An exchange', 'an area code');
    if (request.rateCenter && !request.state) throw needs('A rate center', 'a state');
    const body = await this.#list('available', '/available-tns/tns/', request, {
      npa: request.npa,
      nxx: request.nxx,
      ratecenter: request.rateCenter,
      state: request.state,
      tn: request.contains,
    });
    return page(body, readAvailable(body));
  }

  /** `PUT /tns/{number}` with `{"billing_method"}`: 201 and an empty body. 422 when it is not for sale any more. */
  async purchase(
    number: PhoneNumber,
    billingMethod: string,
    options: { signal?: AbortSignal | undefined } = {},
  ) {
    const what = `Number ${number}`;
    await this.#write('PUT', `/tns/${number}`, { billing_method: billingMethod }, { what }, options.signal);
  }

  /** `GET /tns/?pattern&limit&page`: owned numbers; `pattern` is 1 to 11 digits anywhere in the number. */
  async listOwned(request: PageRequest & { pattern?: string }): Promise<Page<OwnedNumber>> {
    const body = await this.#list('owned', '/tns/', request, { pattern: request.pattern });
    return page(
      body,
      sortedEntries(body.tns).map(([digits, item]) => readOwned(digits, item)),
    );
  }

  /** `GET /tns/{number}`: 404 when it is not yours. */
  async getOwned(
    number: PhoneNumber,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<OwnedNumber> {
    const read = (text: string) => readOwned(number, parseAnswer('details', text));
    return this.#get(`/tns/${number}`, { what: `Number ${number}` }, read, options.signal);
  }

  /** `PATCH /tns/{number}`: exactly two route names, primary first. 204; 404 for an unknown number or route. */
  async setRoutes(
    number: PhoneNumber,
    names: { primary: string; failover: string },
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const body = { routes: [{ name: names.primary }, { name: names.failover }] };
    const what = `Number ${number} or one of the routes ${names.primary}, ${names.failover}`;
    await this.#write('PATCH', `/tns/${number}`, body, { what }, options.signal);
  }

  /** `GET /routes/?limit&page`: `sip-reg` is always among them and has no value. */
  async listRoutes(request: PageRequest) {
    const body = await this.#list('routes', '/routes/', request, {});
    return page(body, readRoutes(body));
  }

  /** `PUT /routes/{name}` with `{"type","value"}`: the name is in the path only. */
  async createRoute(
    name: string,
    type: string,
    value: string,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const path = `/routes/${encodeURIComponent(name)}`;
    await this.#write('PUT', path, { type, value }, { what: `Route ${name}` }, options.signal);
  }

  close(): void {
    this.#requester.close();
  }

  async #list<K extends 'npas' | 'npanxxs' | 'available' | 'owned' | 'routes'>(
    kind: K,
    path: string,
    request: PageRequest,
    params: Params,
  ): Promise<Wire<K>> {
    const query = canonicalQuery(present({ ...params, limit: request.limit, page: request.page }));
    const asked = { what: 'This list' };
    return this.#get(`${path}?${query}`, asked, (text) => parseAnswer(kind, text), request.signal);
  }

  #get<T>(pathAndQuery: string, asked: Asked, parse: (text: string) => T, signal?: AbortSignal): Promise<T> {
    const interpret = (answer: HttpAnswer) => parse(this.#accepted(answer, asked));
    return this.#requester.read(() => this.#request('GET', pathAndQuery), interpret, signal);
  }

  async #write(method: 'PUT' | 'PATCH', path: string, body: object, asked: Asked, signal?: AbortSignal) {
    // Serialised once: the signature covers exactly the bytes that are sent.
    const text = JSON.stringify(body);
    const answer = await this.#requester.write(() => this.#request(method, path, text), signal);
    const refusal = refuse(answer, asked, this.#now());
    if (!refusal) {
      // 201 and 204 have no body (JS1-README); a page of a proxy in between is nobody's yes.
      if (answer.body.trim() === '' || answer.contentType.includes('json')) return;
      throw failure('outcome-unknown', 'The answer did not come from the carrier.', 'It is looked up.');
    }
    // A yes and a no in one answer: whether the change was made has to be looked up.
    if (answer.status < 300) throw failure('outcome-unknown', refusal.message, 'It is looked up.');
    throw refusal;
  }

  #accepted(answer: HttpAnswer, asked: Asked): string {
    const refusal = refuse(answer, asked, this.#now());
    if (refusal) throw refusal;
    return answer.body;
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

/** The carrier never counts a list; `links.next` is there exactly when more follows. */
function page<T>(body: { links?: { next?: string | undefined } | undefined }, items: T[]): Page<T> {
  return { items, more: typeof body.links?.next === 'string' };
}

function needs(what: string, other: string): Error {
  return failure('invalid-input', `${what} can only be searched together with ${other}.`, `Add ${other}.`);
}
