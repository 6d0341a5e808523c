import type {
  Applied,
  Carrier,
  Detailed,
  DetailsOptions,
  Slice,
  SliceRequest,
} from '../../src-main/carrier/carrier.ts';
import { Failure, failure, toAppError } from '../../src-main/contract/errors.ts';
import type { Features } from '../../src-main/contract/features.ts';
import {
  pairOf,
  type AvailableNumber,
  type CreatableRouteType,
  type ListedNumber,
  type OwnedNumber,
  type PhoneNumber,
  type Route,
  type RouteRef,
} from '../../src-main/contract/model.ts';
import { v1Features } from '../../src-main/carrier/flowroute/v1/features.ts';

/**
 * What another API than v1 may be like: the list tells no routes, many numbers are asked for at once, routes have keys apart from
 * their labels, there is "no failover", changing both routes takes two requests, and numbers are sold on no terms.
 */
export const secondFeatures: Features = {
  ...v1Features,
  builtin: { key: '0', label: 'sip-reg' },
  noneAsFailover: true,
  atomicRouting: false,
  listTellsRoutes: false,
  detailsAtOnce: 7,
  maxPage: 50,
  billingTerms: false,
};

/** The tests of this file run over the other adapter: a project of its own in vitest.config.ts. */
export const overSecond = process.env['NUMBERDESK_TEST_ADAPTER'] === 'second';
/** The same over API v2, as it is: another project. */
export const overV2 = process.env['NUMBERDESK_TEST_ADAPTER'] === 'v2';
/** Over one of these two: the list tells no routes, a number may have no failover, and both routes are set with two requests. */
export const notOverV1 = overSecond || overV2;

const builtin = 'sip-reg';
/** A key that says nothing of the label. */
export const keyOf = (label: string) =>
  label === builtin ? '0' : String(parseInt(Buffer.from(label).toString('hex').slice(0, 12), 16));

/** Another adapter over the simulated account: what v1 tells, told in the way of `secondFeatures`. For tests only. */
export class SecondCarrier implements Carrier {
  readonly features: Features;
  /** Requests by what they asked for. */
  readonly calls = { listOwned: 0, details: 0, failover: 0, primary: 0 };
  /** Answers what nobody waits for. Else it is refused, so that a test says itself when routes are read, and counts requests. */
  readsBehind = false;
  /** The numbers whose details were asked for, in their order. */
  readonly asked: PhoneNumber[] = [];
  /** Called before the primary of a number is set, once its failover was: what it throws is what that half comes to. */
  beforePrimary: (number: PhoneNumber) => void = () => undefined;
  /** Every pair that was to be set, as it was asked for. */
  readonly wanted: { primary: string; failover: string | null }[] = [];
  /** Numbers that ring nowhere: they have no primary route, until they are given one. */
  readonly withoutPrimary = new Set<string>();
  #v1: Carrier;
  #labels = new Map<string, string>([['0', builtin]]);
  #keyOf: (label: string) => string;

  /** `key` gives the key of a route; for the built-in one it has to be '0'. */
  constructor(v1: Carrier, key = keyOf, features = secondFeatures) {
    this.features = features;
    this.#v1 = v1;
    this.#keyOf = key;
  }

  listAreaCodes: Carrier['listAreaCodes'] = (request) => this.#v1.listAreaCodes(request);
  listExchanges: Carrier['listExchanges'] = (request) => this.#v1.listExchanges(request);
  oddRecords: Carrier['oddRecords'] = () => this.#v1.oddRecords();
  close: Carrier['close'] = () => {
    this.#v1.close();
  };

  async searchAvailable(request: Parameters<Carrier['searchAvailable']>[0]): Promise<Slice<AvailableNumber>> {
    const slice = await this.#v1.searchAvailable(request);
    return { ...slice, items: slice.items.map((item) => ({ ...item, billingMethods: [] })) };
  }

  purchase(number: PhoneNumber, _billing: string, options?: { signal?: AbortSignal | undefined }) {
    return this.#v1.purchase(number, 'METERED', options);
  }

  /** Its cursors say nothing to anybody else, and only the part before tells the next one. */
  async listOwned(request: SliceRequest & { pattern?: string }): Promise<Slice<ListedNumber>> {
    this.calls.listOwned += 1;
    const slice = await this.#v1.listOwned({ ...request, cursor: pageOf(request.cursor) });
    const items = slice.items.map((item): ListedNumber => ({ ...item, billing: '', routes: null }));
    return { ...slice, items, next: slice.next && cursorOf(slice.next) };
  }

  async details(numbers: readonly PhoneNumber[], options: DetailsOptions = {}) {
    if (options.background && !this.readsBehind) throw failure('rate-limited', 'Not now.', 'Ask later.');
    if (numbers.length > this.features.detailsAtOnce) throw new Error('too many numbers in one request');
    this.calls.details += 1;
    this.asked.push(...numbers);
    const found = await this.#v1Details(numbers, options);
    return found.map((one): Detailed => (one instanceof Failure ? one : this.#told(one)));
  }

  async #v1Details(numbers: readonly PhoneNumber[], options: { signal?: AbortSignal | undefined }) {
    const all = await Promise.all(numbers.map((number) => this.#v1.details([number], options)));
    return all.flat();
  }

  #told(item: OwnedNumber): OwnedNumber {
    const ref = (route: RouteRef | null): RouteRef | null =>
      route && { ...route, key: this.#keyOf(route.key) };
    const { primary, failover } = item.routes;
    const silent = this.withoutPrimary.has(item.number);
    return {
      ...{ ...item, billing: '' },
      routes: {
        primary: silent ? null : ref(primary),
        failover: failover?.key === builtin ? null : ref(failover),
      },
    };
  }

  async listRoutes(request: SliceRequest): Promise<Slice<Route>> {
    const slice = await this.#v1.listRoutes({ ...request, cursor: pageOf(request.cursor) });
    const items = slice.items.map((route): Route => ({ ...route, key: this.#keyOf(route.label) }));
    for (const { key, label } of items) this.#labels.set(key, label);
    return { ...slice, items, next: slice.next && cursorOf(slice.next) };
  }

  createRoute(
    name: string,
    type: CreatableRouteType,
    value: string,
    options?: { signal?: AbortSignal | undefined },
  ) {
    return this.#v1.createRoute(name, type, value, options);
  }

  /** The failover with one request, then the primary with another. */
  async setRouting(
    number: PhoneNumber,
    wanted: { primary: string; failover: string | null },
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<Applied> {
    this.wanted.push(wanted);
    const label = (key: string | null) => {
      const known = key === null ? builtin : this.#labels.get(key);
      if (known === undefined)
        throw failure('not-found', `There is no route ${String(key)}.`, 'List the routes.');
      return known;
    };
    const one = async (routing: { primary: string; failover: string }) => {
      const { error } = await this.#v1.setRouting(number, routing, options);
      if (error) throw new Failure(error);
    };
    let failover: Applied['failover'] = 'kept';
    try {
      const [first, second] = [label(wanted.primary), label(wanted.failover)];
      const [now] = await this.#v1Details([number], options);
      if (!now || now instanceof Failure) throw now ?? new Error('no answer');
      this.calls.failover += 1;
      await one({ primary: pairOf(now).primary, failover: second });
      failover = 'set';
      this.beforePrimary(number);
      this.calls.primary += 1;
      await one({ primary: first, failover: second });
      this.withoutPrimary.delete(number);
      return { primary: 'set', failover, error: null };
    } catch (thrown) {
      const error = toAppError(thrown);
      // What was called back or sent back has changed nothing.
      const left = failover === 'set' && !['cancelled', 'rate-limited', 'rejected'].includes(error.code);
      return { primary: left ? 'unknown' : 'kept', failover, error };
    }
  }
}

const cursorOf = (page: string) => `part:${Buffer.from(page).toString('base64')}`;
function pageOf(cursor: string | null): string | null {
  if (cursor === null) return null;
  if (!cursor.startsWith('part:')) throw new Error(`"${cursor}" is no cursor of this carrier`);
  return Buffer.from(cursor.slice(5), 'base64').toString();
}
