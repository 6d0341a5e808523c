import { failure, toAppError, type ErrorCode } from '../../../contract/errors.ts';
import type { Route, RouteRef } from '../../../contract/model.ts';
import type { RouteList, Slice, SliceRequest, ToldRoutes, ToldSide } from '../../carrier.ts';
import { SIP_REG, v1Features } from '../v1/features.ts';
import type { FlowrouteV1 } from '../v1/adapter.ts';
import type { KnownLacks } from './lacks.ts';

/** After trouble that may pass, it is left alone for so long. */
const asideMs = 3_600_000;
/** These say something of the moment, and nothing of whether what was asked for is there. */
export const passing = new Set<ErrorCode>([
  'timeout',
  'rate-limited',
  'carrier-down',
  'wrong-clock',
  'foreign-answer',
  'outcome-unknown',
  'internal',
]);

/**
 * v1's list of numbers, which tells both routes of each, by the names that v2 calls aliases. v1 has one word, sip-reg, for the
 * built-in route and for none. Its requests are signed: the secret does not go along.
 */
export class V1RouteList implements RouteList {
  readonly maxPage = v1Features.maxPage;
  #v1: () => FlowrouteV1;
  #routes: (signal: AbortSignal | undefined) => Promise<readonly Route[]>;
  #lacks: KnownLacks;
  #now: () => number;
  #asideUntil = 0;
  #refs: Promise<ReadonlyMap<string, RouteRef>> | null = null;

  /** `routes` are those of v2, all of them. */
  constructor(options: {
    readonly v1: () => FlowrouteV1;
    readonly routes: (signal: AbortSignal | undefined) => Promise<readonly Route[]>;
    readonly lacks: KnownLacks;
    readonly now: () => number;
  }) {
    this.#v1 = options.v1;
    this.#routes = options.routes;
    this.#lacks = options.lacks;
    this.#now = options.now;
  }

  get worthAsking(): boolean {
    return !this.#lacks.has('routeList') && this.#now() >= this.#asideUntil;
  }

  cursorAt(place: number): string {
    return this.#v1().cursorAt(place);
  }

  /** The names of routes are looked up anew for the first page. */
  async page(request: SliceRequest): Promise<Slice<ToldRoutes>> {
    let ofV2 = false;
    try {
      const page = await this.#v1().listOwned(request);
      if (request.cursor === null || this.#refs === null) this.#refs = this.#refsByName(request.signal);
      ofV2 = true;
      const refs = await this.#refs;
      ofV2 = false;
      const items = page.items.flatMap(({ number, routes }) => {
        const [primary, failover] = [sideOf(refs, routes.primary), sideOf(refs, routes.failover)];
        return primary === null || failover === null ? [] : [{ number, primary, failover }];
      });
      return { ...page, items };
    } catch (thrown) {
      const { code } = toAppError(thrown);
      this.#refs = null;
      if (code === 'cancelled' || code === 'offline' || (ofV2 && code === 'wrong-keys')) throw thrown;
      // A list that has begun is there: it may have become shorter. A part of an answer says nothing, nor does what failed in v2.
      const says = request.cursor === null && !ofV2 && !passing.has(code) && code !== 'malformed-answer';
      this.deny(says ? 'absent' : 'trouble');
      throw failure('not-found', "API v1 does not tell this account's routes.", 'They are read one by one.', {
        cause: thrown,
      });
    }
  }

  deny(why: 'absent' | 'untrue' | 'trouble'): void {
    if (why === 'trouble') this.#asideUntil = this.#now() + asideMs;
    else this.#lacks.set('routeList', true);
  }

  async #refsByName(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, RouteRef>> {
    const routes = (await this.#routes(signal)).filter(({ builtin }) => !builtin);
    // Of routes with the same alias, v1's name does not say which one is meant.
    const named = [...Map.groupBy(routes, ({ label }) => label)].filter(([, group]) => group.length === 1);
    return new Map(named.flatMap(([label, group]) => group.map(({ key, type }) => [label, { key, type }])));
  }
}

/** Null for a route that v2 does not have under this name, or several times. */
function sideOf(refs: ReadonlyMap<string, RouteRef>, told: RouteRef | null): ToldSide | null {
  if (told === null || told.key === SIP_REG) return 'unclear';
  return refs.get(told.key) ?? null;
}
