import type { Journal } from '../journal/open.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import { OddList } from '../carrier/odd.ts';
import { readAll } from '../carrier/paging.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { Inputs } from '../contract/contract.ts';
import { exactName } from '../contract/query.ts';
import type { Features } from '../contract/features.ts';
import { withLabels } from '../contract/left-out.ts';
import type { Coded } from '../contract/coded.ts';
import { RouteNames } from '../contract/route-names.ts';
import { comparesBy } from '../contract/sorting.ts';
import { routeQuery } from '../contract/route-query.ts';
import { readListQuery } from '../contract/list-query.ts';
import { fixedOffers, listSuggestions } from '../contract/list-suggestions.ts';
import type { Suggestion } from '../contract/numbers.ts';
import { builtinType, type CreatableRouteType, type Pair, type Route } from '../contract/model.ts';
import { listedValueProblem, nameProblem, readRouteValue } from '../contract/route-rules.ts';
import type {
  AuditFinding,
  AuditView,
  PrimariesView,
  RouteColumn,
  RoutesRefreshed,
  RoutesWindow,
  RouteView,
} from '../contract/routing.ts';
import { withDeadline } from '../platform/deadline.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { refuseProblem } from '../inventory/index/refuse-query.ts';
import type { ActivityNote } from '../activity/activity-store.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { Tasks } from '../platform/tasks.ts';
import { distinctLabels } from './distinct-labels.ts';
import { KnownRoutes, nameIsShared } from './known-routes.ts';
import { filterRoutes, type FilteredRoute } from './route-filter.ts';

export type RoutesOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly features: Features;
  readonly onRoutes: (count: number) => void;
  readonly record: (entry: ActivityNote) => Promise<void>;
  /** Milliseconds between a lost answer and the second look; for tests. */
  readonly settleMs?: number;
  /** How long a creation may take before it is given up unsent; for tests. */
  readonly patienceMs?: number;
};

const byNumber = { column: 'number', direction: 'asc' } as const;

type Known = { readonly at: number | null; readonly routes: KnownRoutes };
/** A route to be made: `name` is what people will call it. */
type Wanted = { readonly name: string; readonly type: CreatableRouteType; readonly value: string };
const stockName = 'routes';
/** A million routes: more than any account has. */
const mostPages = 5_000;
/** How long a creation may take before it is given up unsent, and how old the list may be when it is sent (ms). */
const createMs = 20_000;
const listedMs = 2_000;
const audits: Readonly<Record<AuditFinding['id'], string>> = {
  'no-failover': 'failover:none',
  same: 'audit:same',
  // One finding for each side: mending one must not touch a good route on the other.
  'missing-primary': 'audit:missing-primary',
  'missing-failover': 'audit:missing-failover',
  'single-primary': 'audit:single-primary',
  'single-failover': 'audit:single-failover',
};

/** The account's inbound routes: cached for reading, asked anew before anything depends on them. */
export class Routes {
  #options: RoutesOptions;
  #known: Known = { at: null, routes: new KnownRoutes() };
  #refreshing: Promise<void> | null = null;
  /** Routes that the carrier lists in a form that cannot be used. They exist, so that their names are taken. */
  #odd = new OddList();
  #creating: Promise<unknown> = Promise.resolve();
  #tasks = new Tasks();

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /** Reads what the last start had listed. */
  async load(): Promise<void> {
    const { journal } = this.#options;
    const [routes, stock] = [await journal.routes.routes(), await journal.searches.stock(stockName)];
    await this.#set(routes, stock?.at ?? null);
  }

  async window(input: Inputs['routes.window']): Promise<RoutesWindow> {
    const all = await this.#views();
    const compare = comparesBy(input.sort, sortValue);
    const { clauses, problem } = readListQuery(routeQuery, input.text, Date.now());
    const matching = (problem ? [] : filterRoutes(all, clauses)).toSorted(
      (a, b) => compare(a, b) || byName(a, b),
    );
    const sum = (side: 'primaryCount' | 'failoverCount') =>
      matching.reduce((total, route) => total + route[side], 0);
    return {
      at: this.#known.at,
      total: all.length,
      matching: matching.length,
      offset: input.offset,
      rows: fitting(
        matching.slice(input.offset, input.offset + input.limit).map(({ single: _, ...route }) => route),
      ),
      ...{ primaryCount: sum('primaryCount'), failoverCount: sum('failoverCount') },
      unread: await this.#unread(),
      odd: this.#odd.records,
    };
  }

  /** What may be meant by the end of a query that is being typed, with how many routes have it: see `listSuggestions`. */
  async suggest(input: Inputs['routes.suggest']): Promise<Suggestion[]> {
    const all = await this.#views();
    const find = (text: string) => filterRoutes(all, readListQuery(routeQuery, text, Date.now()).clauses);
    return listSuggestions(routeQuery, input, (key, rest) =>
      fixedOffers(routeQuery[key], (value) => find(`${rest} ${key}:${value}`).length),
    );
  }

  /** Lists the routes anew. Never rejects: the old list stays, with the reason. */
  async refresh(): Promise<RoutesRefreshed> {
    const error = await this.fetch().then(
      () => null,
      (thrown: unknown) => toAppError(thrown),
    );
    return { at: this.#known.at, error };
  }

  /** The routes; listed anew when there is no list yet, or not what is looked for. */
  async known(has: (routes: KnownRoutes) => boolean = () => true): Promise<KnownRoutes> {
    if (this.#known.at === null || !has(this.#known.routes)) await this.fetch();
    return this.#known.routes;
  }

  /**
   * The keys of the routes that are meant by these labels, in their order; null for those that are not listed. Rejects with
   * `invalid-input` for a name that several routes have.
   */
  async keysOf(labels: readonly string[]): Promise<(string | null)[]> {
    const find = (routes: KnownRoutes) => labels.map((label) => routes.keyOf(label));
    const known = await this.known((routes) => !find(routes).includes(null));
    for (const label of labels) {
      const several = known.several(label);
      if (several.length > 0) throw nameIsShared(label, several);
    }
    return find(known);
  }

  /** A number can have no failover at all. */
  get hasNone(): boolean {
    return this.#options.features.noneAsFailover;
  }

  /** `key`: of a route. */
  typeOf(key: string): string {
    return this.#known.routes.byKey.get(key)?.type ?? '';
  }

  /** A pair of keys by what people call the routes: what is shown and written to a file. */
  labelled(pair: Pair): Pair {
    const { routes } = this.#known;
    return { primary: routes.labelOf(pair.primary), failover: routes.labelOf(pair.failover) };
  }

  /** Why a number is left out, or what became of it, by what people call the routes. */
  explained<C extends Coded>(why: C): C {
    return withLabels(why, (key) => this.#known.routes.labelOf(key));
  }

  /** Lists every route from the carrier; one listing at a time. */
  fetch(): Promise<void> {
    this.#refreshing ??= this.#list().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Creates a route whose name nobody has. One at a time, so that two windows cannot both find a name free. */
  create(input: Inputs['routes.create']): Promise<Route> {
    const made = this.#creating.catch(() => undefined).then(() => this.#tasks.run(() => this.#create(input)));
    this.#creating = made;
    return made;
  }

  /** Nothing is created from here on; a creation that left is waited for. */
  async close(): Promise<void> {
    await this.#tasks.close();
    await this.#refreshing?.catch(() => undefined);
  }

  /** The numbers that a query finds by their primary route. Rejects with `invalid-input` for one that is not understood. */
  async primaries(text: string): Promise<PrimariesView> {
    refuseProblem(text);
    return this.#options.inventory.primaries(text);
  }

  async audit(): Promise<AuditView> {
    const findings = await Promise.all(
      Object.entries(audits).map(async ([id, query]): Promise<AuditFinding> => {
        return { id: id as AuditFinding['id'], numbers: await this.#matching(query), query };
      }),
    );
    return { at: this.#known.at, findings, unread: await this.#unread() };
  }

  async #matching(text: string): Promise<number> {
    const { inventory } = this.#options;
    return (await inventory.query({ text, sort: byNumber, offset: 0, limit: 0 })).matching;
  }

  /** Numbers whose routes were not read yet; none where the list tells them. */
  async #unread(): Promise<number> {
    return this.#options.features.listTellsRoutes ? 0 : this.#matching('routes:unread');
  }

  async #create(input: Inputs['routes.create']): Promise<Route> {
    const name = input.name.trim();
    const problem = nameProblem(name, this.#options.features.builtin.label);
    if (problem) throw failure('invalid-input', problem, 'Change the name and try again.');
    if (!this.#options.features.creatableTypes.includes(input.type)) {
      const message = `The carrier's API makes no route of the type ${input.type}.`;
      throw failure('invalid-input', message, 'Choose another type.');
    }
    const read = readRouteValue(input.type, input.value);
    if (!read.ok) throw failure('invalid-input', read.problem, 'Change the value and try again.');
    await this.#put({ name, type: input.type, value: read.value }, input.although ?? null);
    // The route was made, whether or not the list can be read now.
    await this.#fresh().catch(() => undefined);
    const { routes, at } = this.#known;
    const listed = routes.byKey.get(routes.keyOf(name) ?? '');
    const made = listed ?? { key: name, label: name, type: input.type, value: read.value, builtin: false };
    // Where routes have keys apart from their names, only the carrier's list tells the key of the new one.
    const keyed = routes.all.some(({ key, label }) => key !== label);
    if (!listed && !keyed) await this.#set([...routes.all, made], at);
    await this.#options.record({
      kind: 'routes',
      text: `Route ${name} was created: ${input.type} ${read.value}`,
      outcome: 'ok',
      numbers: [],
    });
    return made;
  }

  /**
   * Sends a route whose name the list of this moment does not have. A PUT to a name that exists may overwrite a live route
   * (unknown in v1), so one that would have to wait for its turn is called back, and the list is asked for again first.
   */
  async #put(wanted: Wanted, although: string | null): Promise<void> {
    const begun = Date.now();
    const { name, type, value } = wanted;
    const late = () =>
      failure('timeout', `The carrier asks for patience: ${name} was not created.`, 'Try again in a moment.');
    for (;;) {
      // Whoever asked may have gone by then: nothing is sent after that.
      await withDeadline(this.#fresh(), begun + this.#patienceMs - Date.now(), late, this.#tasks.signal);
      this.#mustBeFree(name, although);
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(listedMs), this.#tasks.signal]);
        await this.#carrier().createRoute(name, type, value, { signal, soon: true });
        return;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code === 'cancelled' && !this.#tasks.closing) continue;
        if (!['outcome-unknown', 'offline', 'timeout'].includes(error.code)) throw thrown;
        await this.#lookUp(wanted);
        return;
      }
    }
  }

  /** After a lost answer: returns when the carrier lists the route; "not there" counts when it was said twice. */
  async #lookUp(wanted: Wanted): Promise<void> {
    for (let look = 1; look <= 2; look += 1) {
      await sleep(this.#options.settleMs ?? 1_000, undefined, { signal: this.#tasks.signal }).catch(
        () => null,
      );
      const late = () =>
        failure('timeout', 'The carrier did not list its routes in time.', 'Try again later.');
      await withDeadline(this.#fresh(), this.#patienceMs, late, this.#tasks.signal).catch(
        (thrown: unknown) => {
          throw failure(
            'outcome-unknown',
            `It is not known whether route ${wanted.name} was created. ${toAppError(thrown).message}`,
            'Refresh the list before you try again.',
          );
        },
      );
      const { routes } = this.#known;
      const found = routes.byKey.get(routes.keyOf(wanted.name) ?? '');
      if (!found && this.#odd.names.includes(wanted.name)) throw takenSince(wanted.name);
      if (!found) continue;
      if (found.type === wanted.type && found.value === wanted.value) return;
      throw takenSince(wanted.name);
    }
    throw failure('carrier-down', `Route ${wanted.name} was not created.`, 'Try again.', { retryable: true });
  }

  /** Throws when a route of this name is listed, or one that is easily taken for it and that nobody has been told of. */
  #mustBeFree(name: string, although: string | null): void {
    const names = new RouteNames([...this.#known.routes.takenNames, ...this.#odd.names]);
    if (names.has(name)) {
      throw failure(
        'rejected',
        `There is a route "${name}" already.`,
        'Choose another name: routes are never overwritten.',
      );
    }
    const similar = names.similar(name);
    const [first] = similar;
    if (first === undefined || (although !== null && similar.includes(although))) return;
    throw failure(
      'rejected',
      `"${name}" is easily taken for the route "${first}".`,
      'Choose another name, or say that you want it all the same.',
    );
  }

  /** A listing that began after this call. */
  async #fresh(): Promise<void> {
    await this.#refreshing?.catch(() => undefined);
    await this.fetch();
  }

  async #list(): Promise<void> {
    const carrier = this.#carrier();
    const limit = carrier.features.maxPage;
    const at = Date.now();
    const { signal } = this.#tasks;
    const list = (cursor: string | null) => carrier.listRoutes({ cursor, limit, signal, soon: true });
    const { items, odd } = await readAll(list, (route) => route.key, mostPages);
    const routes = distinctLabels(items);
    this.#odd = new OddList();
    this.#odd.add(odd);
    await this.#options.journal.routes.putRoutes(routes);
    await this.#options.journal.searches.putStock(stockName, at, []);
    await this.#set(routes, at);
  }

  async #set(routes: readonly Route[], at: number | null): Promise<void> {
    this.#known = { at, routes: new KnownRoutes(routes) };
    const labels = new Map(this.#odd.names.map((name) => [name, name]));
    for (const { key, label } of routes) labels.set(key, label);
    const builtinIsNone = !this.#options.features.noneAsFailover;
    const shared = this.#known.routes.sharedNames();
    await this.#options.inventory.setListedRoutes(at === null ? null : { labels, shared, builtinIsNone });
    this.#options.onRoutes(routes.length);
  }

  async #views(): Promise<FilteredRoute[]> {
    const odd = new Set(this.#odd.names);
    const uses = await this.#options.inventory.routeUse();
    const views = new Map<string, FilteredRoute>();
    for (const route of this.#known.routes.all) {
      const problem = listedValueProblem(route.type, route.value);
      views.set(route.key, { ...route, primaryCount: 0, failoverCount: 0, listed: true, problem });
    }
    for (const { key, label, type, primaryCount, failoverCount } of uses) {
      const known = views.get(key) ?? {
        ...{ key, label, type, value: null, primaryCount: 0, failoverCount: 0, problem: null },
        builtin: type === builtinType,
        listed: this.#known.at === null || odd.has(key),
      };
      views.set(key, {
        ...known,
        primaryCount: known.primaryCount + primaryCount,
        failoverCount: known.failoverCount + failoverCount,
      });
    }
    for (const [key, view] of views) {
      if (view.primaryCount !== 1 || view.failoverCount !== 1) continue;
      // It is used once on each side: by one number, or by two.
      const single = (await this.#matching(`route:${exactName(view.label)}`)) === 1;
      views.set(key, { ...view, single });
    }
    return [...views.values()];
  }

  get #patienceMs(): number {
    return this.#options.patienceMs ?? createMs;
  }

  #carrier(): Carrier {
    const carrier = this.#options.carrier();
    if (carrier) return carrier;
    throw failure('signed-out', 'There are no keys to ask with.', 'Enter the keys of this account.');
  }
}

function takenSince(name: string): Error {
  return failure(
    'rejected',
    `A route ${name} exists now, with another value.`,
    'Somebody else made it. Choose another name.',
  );
}

function byName(a: RouteView, b: RouteView): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

const nameOf = ({ label }: RouteView) => label.toLowerCase();

/** What a route is sorted by. */
function sortValue(route: RouteView, column: RouteColumn): string | number {
  switch (column) {
    case 'name':
      return nameOf(route);
    case 'primary':
      return route.primaryCount;
    case 'failover':
      return route.failoverCount;
    default:
      return route[column] ?? '';
  }
}
