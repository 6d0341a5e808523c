import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ListedNumber, OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { numberColumns, type NumberRow, type Sort } from '../../src-main/contract/numbers.ts';
import { auditValues } from '../../src-main/contract/query.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { areaOfNumber } from '../../src-main/nanp/area.ts';
import { randomOf } from '../support/messages.ts';
import { some } from '../support/some.ts';

/**
 * The list under random changes and random questions, held against the plainest thing that could be right: every row looked at,
 * one by one, with what README says of each token. No parser, no index and no order of the app has a part in that.
 */
const seed = Number(process.env['NUMBERDESK_SEED'] ?? Date.now() % 1_000_000);

/** A slow machine sees fewer rounds of each. */
const mostMs = 2_000;

/** Routes by what the carrier keys them by: null before they were read, '' for none. */
type Plain = {
  primary: string | null;
  failover: string | null;
  billing: string;
  seenAt: number;
  routesAt: number | null;
};
/** `primary` and `failover` as people call them. */
type Shown = Plain & {
  keys: Pick<Plain, 'primary' | 'failover'>;
  number: string;
  state: string;
  area: string;
  monthly: number | null;
  tags: string;
  missingSince: number | undefined;
};
type Test = (row: Shown) => boolean;
type Term = { readonly text: string; readonly test: Test };

const builtIn = 'sip-reg';
const routes = [builtIn, 'pbx-1', 'PBX-2', 'fax', 'my pbx', 'naïve, ltd', 'once-1', 'once-2', 'once-3'];
/** What this carrier keys a route by. */
const keyOf = (route: string) => String(routes.indexOf(route));
const tagWords = ['VIP', 'hot line', 'spare'];
/** Two letters, a name, and a name of a person's own typing. */
const places = [
  ['WA', 'washington'],
  ['OR', 'Oregon'],
  ['NJ', 'new jersey'],
  ['BC', 'british columbia'],
  ['NY', 'NEW YORK'],
] as const;
const npas = ['206', '253', '212', '201', '800', '604', '299'];
const lower = (text: string) => text.toLowerCase();

class World {
  readonly rows = new Map<string, Plain>();
  readonly tags = new Map<string, readonly string[]>();
  readonly learned = new Map<string, { monthly: number; state: string; rateCenter: string }>();
  readonly missing = new Map<string, number>();
  readonly sets = new Map<string, ReadonlySet<string>>();
  listed: ReadonlyMap<string, string> | null = null;
  labels: ReadonlyMap<string, string> = new Map();
  readonly #store: NumberStore;
  readonly #random: () => number;
  readonly #pool: readonly string[];
  #pass: number;
  #page = 0;
  #clock = 1_000;
  #tidying: Iterator<void> = [].values();

  constructor(store: NumberStore, random: () => number, numbers: number) {
    this.#store = store;
    this.#random = random;
    this.#pool = Array.from({ length: numbers }, (_, at) =>
      at % 23 === 22
        ? `${this.one(['44', '206', '61'])}${this.any(1e9).toString().padEnd(9, '2').slice(this.any(5))}${this.one(['', '00', '206'])}`
        : `1${this.one(npas)}${2_000_000 + this.any(4_000_000)}`,
    );
    this.#pass = store.beginPass(1).id;
  }

  any(most: number): number {
    return Math.floor(this.#random() * most);
  }

  one<T>(all: readonly T[]): T {
    return all[this.any(all.length)] as T;
  }

  some<T>(all: readonly T[], most: number): T[] {
    return Array.from({ length: this.any(most + 1) }, () => this.one(all));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** A number of the pool: one that is here, most of the time. */
  number(): string {
    return this.one(this.#pool);
  }

  #item(number: string): OwnedNumber {
    const route = () => {
      // Routes of one number only are rare, and are what an audit is for.
      const name = this.one(this.chance(0.97) ? routes.slice(0, 6) : routes);
      return this.chance(0.1) ? null : { key: keyOf(name), type: name === builtIn ? 'SIP-REG' : 'HOST' };
    };
    const primary = route();
    const failover = this.chance(0.2) ? primary : route();
    return {
      number: number as PhoneNumber,
      billing: this.one(['METERED', 'VPRI']),
      routes: { primary, failover },
    };
  }

  #seen(item: ListedNumber, at: number): void {
    this.missing.delete(item.number);
    const known = this.rows.get(item.number);
    const row = known ?? { primary: null, failover: null, billing: '', seenAt: -1, routesAt: null };
    // What is known from later stays, and what a list does not tell.
    const seen = row.seenAt > at ? row : { ...row, billing: item.billing ?? '', seenAt: at };
    if (item.routes === null || (row.routesAt ?? -1) > at) {
      this.rows.set(item.number, seen);
      return;
    }
    const { primary, failover } = item.routes;
    const routing = { primary: primary?.key ?? '', failover: failover?.key ?? '', routesAt: at };
    this.rows.set(item.number, { ...seen, ...routing });
  }

  putPage(numbers: readonly string[]): void {
    // Some lists tell the routes of their numbers, others do not.
    const told = this.chance(0.6);
    const items = [...new Set(numbers)].map((number): ListedNumber => {
      const item = this.#item(number);
      return told ? item : { ...item, routes: null };
    });
    this.#clock += 1;
    const at = this.#clock - (this.chance(0.1) ? this.any(50) : 0);
    this.#page += 1;
    this.#store.putPage(this.#pass, { page: this.#page, isLast: false, next: null }, items, at);
    for (const item of items) this.#seen(item, at);
  }

  fill(): void {
    for (let from = 0; from < this.#pool.length; from += 500)
      this.putPage(this.#pool.slice(from, from + 500));
  }

  /** One change of any kind. */
  change(): void {
    const numbers = this.some(this.#pool, 12);
    this.#clock += 1;
    const at = this.#clock;
    switch (this.any(10)) {
      case 0:
      case 1:
        this.putPage(numbers);
        break;
      case 2: {
        const seen = numbers.map((number) => ({ item: this.#item(number), at }));
        run(this.#store.applySeen(seen));
        for (const { item } of seen) this.#seen(item, at);
        break;
      }
      case 3: {
        const askedAt = at - (this.chance(0.3) ? this.any(200) : 0);
        const lacking = [...new Set(numbers)];
        this.#store.remove(
          this.#pass,
          lacking.map((number) => ({ number, askedAt })),
        );
        for (const number of lacking) {
          const row = this.rows.get(number);
          if (!row || row.seenAt > askedAt) continue;
          this.rows.delete(number);
          this.missing.delete(number);
        }
        break;
      }
      case 4: {
        const tagged = numbers.map((number) => ({ number, tags: tagWords.filter(() => this.chance(0.4)) }));
        run(this.#store.overlay(tagged));
        for (const { number, tags } of tagged) this.tags.set(number, tags);
        break;
      }
      case 5: {
        const rows = numbers.map((number) => ({
          ...{ number, monthly: this.one([0, 125, 125, 250, 999]), setup: 100 },
          ...{ state: this.one(places)[0], rateCenter: this.one(['BEND', 'SEATTLE', 'NEWARK']) },
        }));
        run(
          this.#store.overlay(
            rows.map(({ number, monthly, state, rateCenter }) => ({
              number,
              monthly,
              state,
              area: rateCenter,
            })),
          ),
        );
        for (const row of rows) this.learned.set(row.number, row);
        break;
      }
      case 6: {
        const lacking = numbers.filter((number) => this.rows.has(number));
        run(this.#store.beside.markMissing(lacking, at));
        for (const number of lacking) this.missing.set(number, Math.min(at, this.missing.get(number) ?? at));
        break;
      }
      case 7: {
        const some = routes.filter(() => this.chance(0.7));
        this.listed = this.chance(0.2) ? null : new Map(some.map((route) => [keyOf(route), route]));
        this.labels = this.listed ?? this.labels;
        this.#store.setListedRoutes(this.listed && { labels: this.listed, builtinIsNone: true });
        break;
      }
      case 8: {
        const kept = new Set([this.number(), ...numbers]);
        this.sets.set(this.#store.sets.keepNumbers([...kept]).id, kept);
        // The list keeps thirty.
        const [oldest] = this.sets.keys();
        if (this.sets.size > 10 && oldest !== undefined) this.sets.delete(oldest);
        break;
      }
      default:
        this.#store.finishPass(this.#pass, at);
        this.#pass = this.#store.beginPass(at).id;
        this.#page = 0;
    }
    // Putting slots in their places goes on in the middle of everything.
    for (let steps = this.any(3); steps > 0; steps -= 1)
      if (this.#tidying.next().done === true) this.#tidying = this.#store.tidying() ?? [].values();
  }

  shown(): Shown[] {
    return Array.from(this.rows, ([number, row]) => {
      const { state, place } = areaOfNumber(number);
      const learned = this.learned.get(number);
      const label = (key: string | null) => key && (this.labels.get(key) ?? key);
      return {
        ...row,
        keys: row,
        primary: label(row.primary),
        failover: label(row.failover),
        number,
        state: learned?.state ?? state,
        area: learned?.rateCenter ?? place,
        monthly: learned?.monthly ?? null,
        tags: (this.tags.get(number) ?? []).join(', '),
        missingSince: this.missing.get(number),
      };
    });
  }

  /** A question: tokens that all hold. Digits or words side by side would be read as one: at most one of each is bare. */
  query(rows: readonly Shown[]): { text: string; test: Test } {
    const uses = usesOf(rows);
    const terms: Term[] = Array.from({ length: this.any(4) }, () => this.#token(uses));
    if (this.chance(0.3)) terms.push(this.#bareDigits());
    if (this.chance(0.15)) terms.push(this.#bareWord());
    const signed = terms.map(({ text, test: holds }): Term => {
      const negated = this.chance(0.25);
      if (!negated) return { text, test: holds };
      // A minus belongs to what follows up to a space.
      const whole = text.startsWith('(') ? `"${text}"` : text;
      // Of routes that were not read nothing is known: neither that they are so nor that they are not.
      const known = ({ keys }: Shown) => !asksRoutes(text) || keys.primary !== null;
      return { text: `-${whole}`, test: (row) => known(row) && !holds(row) };
    });
    return {
      text: signed.map(({ text }) => text).join(' '),
      test: (row) => signed.every(({ test: holds }) => holds(row)),
    };
  }

  #digits(most: number): string {
    const number = this.number();
    const from = this.any(number.length);
    return number.slice(from, from + 1 + this.any(most));
  }

  #bareDigits(): Term {
    const number = this.number();
    if (this.chance(0.8)) {
      const digits = this.#digits(7);
      return { text: digits, test: (row) => row.number.includes(digits) };
    }
    const [npa, nxx, line] = [number.slice(1, 4), number.slice(4, 7), number.slice(7)];
    return number.startsWith('1')
      ? { text: `(${npa}) ${nxx}-${line}`, test: (row) => row.number.includes(npa + nxx + line) }
      : { text: `+${number}`, test: (row) => row.number.startsWith(number) };
  }

  #bareWord(): Term {
    const [code, name] = this.one(places);
    const word = this.one(['pbx', 'seattle', 'vip', 'unknown', 'NAÏVE', code, name]);
    const isPlace = word === code || word === name;
    const holds: Test = ({ primary, failover, area, tags, state }) =>
      [primary, failover, area, tags].some((text) => text && lower(text).includes(lower(word))) ||
      (isPlace && state === code);
    return { text: word, test: holds };
  }

  #values<T>(make: () => readonly [text: string, test: Test, also: T]): Term {
    const values = Array.from({ length: 1 + this.any(3) }, make);
    return {
      text: values.map(([text]) => text).join(','),
      test: (row) => values.some(([, holds]) => holds(row)),
    };
  }

  /** Names of routes as people write them: any case, or in quotes for the very name. */
  #named(sides: (row: Shown) => readonly (string | null)[]): Term {
    return this.#values(() => {
      const name = this.one(routes);
      const exact = this.chance(0.5) || /[ ,]/.test(name);
      const written = exact ? `"${name}"` : this.one([name, name.toUpperCase()]);
      return [
        written,
        (row) => sides(row).some((side) => side && (exact ? side === name : lower(side) === lower(name))),
        null,
      ];
    });
  }

  #token(uses: ReadonlyMap<string, number>): Term {
    const key = this.one([
      ...['npa', 'nxx', 'starts', 'ends', 'contains', 'state', 'area', 'billing', 'tag', 'numbers'],
      ...['route', 'primary', 'failover', 'none', 'unread', 'audit', 'audit', 'audit'],
    ]);
    const of = ({ text, test: holds }: Term): Term => ({ text: `${key}:${text}`, test: holds });
    const plain = (values: readonly string[], holds: (row: Shown, value: string) => boolean) =>
      of(
        this.#values(() => {
          const value = this.one(values);
          return [value, (row) => holds(row, value), null];
        }),
      );
    switch (key) {
      case 'npa':
        return plain([...npas, '2', '60'], (row, value) => row.number.startsWith(`1${value}`));
      case 'nxx':
        return plain(
          ['2', '23', '234', '555', '312'],
          (row, value) => row.number.startsWith('1') && row.number.startsWith(value, 4),
        );
      case 'starts':
        return plain(
          [this.number().slice(0, 5), '206', '44', '1'],
          (row, value) => row.number.startsWith(value) || row.number.startsWith(`1${value}`),
        );
      case 'ends':
        return plain([this.number().slice(-2), '7', this.number().slice(-4)], (row, value) =>
          row.number.endsWith(value),
        );
      case 'contains':
        return plain([this.#digits(2), this.#digits(4)], (row, value) => row.number.includes(value));
      case 'state':
        return of(
          this.#values(() => {
            const [code, name] = this.one(places);
            return [this.one([code, lower(code)]), (row) => row.state === code, name];
          }),
        );
      case 'area':
        return plain(['seattle', 'BEND', 'toll', 'an'], (row, value) =>
          lower(row.area).includes(lower(value)),
        );
      case 'billing':
        return plain(['vpri', 'METERED', 'other'], (row, value) => lower(row.billing) === lower(value));
      case 'tag':
        return plain(['vip', 'Spare', 'none', 'nobody'], (row, value) =>
          value === 'none' ? row.tags === '' : lower(row.tags).split(', ').includes(lower(value)),
        );
      case 'numbers': {
        const [id, kept] = this.one([...this.sets]) ?? [];
        return id === undefined || kept === undefined
          ? this.#bareAudit(uses)
          : { text: `numbers:${id}`, test: (row) => kept.has(row.number) };
      }
      case 'route':
        return of(this.#named((row) => [row.primary, row.failover]));
      case 'primary':
        return of(this.#named((row) => [row.primary]));
      case 'failover':
        return of(this.#named((row) => [row.failover]));
      case 'none': {
        const name = this.one(['fax', 'pbx-1']);
        const more = this.chance(0.5);
        return {
          text: more ? `failover:${name},none` : 'failover:none',
          test: ({ keys, failover }) =>
            keys.failover !== null &&
            ([keyOf(builtIn), '', keys.primary].includes(keys.failover) || (more && failover === name)),
        };
      }
      case 'unread':
        return { text: 'routes:unread', test: ({ keys }) => keys.primary === null };
      default:
        return this.#bareAudit(uses);
    }
  }

  #bareAudit(uses: ReadonlyMap<string, number>): Term {
    const { listed } = this;
    const unlisted = (key: string | null) => Boolean(key) && listed !== null && !listed.has(key ?? '');
    const single = (key: string | null) =>
      Boolean(key) && key !== keyOf(builtIn) && uses.get(key ?? '') === 1;
    const tests: Record<(typeof auditValues)[number], Test> = {
      same: ({ keys }) => Boolean(keys.primary) && keys.primary === keys.failover,
      'missing-route': ({ keys }) => unlisted(keys.primary) || unlisted(keys.failover),
      'missing-primary': ({ keys }) => unlisted(keys.primary),
      'missing-failover': ({ keys }) => unlisted(keys.failover),
      'single-use': ({ keys }) => single(keys.primary) || single(keys.failover),
      'single-primary': ({ keys }) => single(keys.primary),
      'single-failover': ({ keys }) => single(keys.failover),
      missing: ({ missingSince }) => missingSince !== undefined,
    };
    const { text, test: holds } = this.#values(() => {
      const value = this.one(auditValues);
      return [value, tests[value], null];
    });
    return { text: `audit:${text}`, test: holds };
  }
}

/** True for a token whose answer depends on what the routes of a number are. */
function asksRoutes(token: string): boolean {
  if (token.startsWith('audit:')) return !/^audit:(missing,?)+$/.test(token);
  return /^(route|primary|failover|none):/.test(token);
}

/** How many numbers point at each route, on any side. */
function usesOf(rows: readonly Shown[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const { keys } of rows)
    for (const key of new Set([keys.primary, keys.failover]))
      if (key) uses.set(key, (uses.get(key) ?? 0) + 1);
  return uses;
}

function run(steps: Generator<void>): void {
  while (steps.next().done !== true);
}

const byNumber = (a: { number: string }, b: { number: string }) => (a.number < b.number ? -1 : 1);

function inOrder(rows: readonly Shown[], sort: Sort): Shown[] {
  const value = (row: Shown, column: Sort['column']): string | number => {
    if (column === 'number') return row.number;
    if (column === 'seen') return row.seenAt;
    // What is not known comes before all that is.
    if (column === 'monthly') return row.monthly ?? -1;
    const text = row[column];
    // What was not read comes before what is empty, and that before every text.
    return text === null ? '' : lower(text) || '\u0000';
  };
  const sorts = [sort, ...(sort.also ?? [])];
  return rows
    .map((row) => [sorts.map(({ column }) => value(row, column)), row] as const)
    .sort(([first, a], [second, b]) => {
      const at = sorts.findIndex((_, place) => first[place] !== second[place]);
      if (at < 0) return byNumber(a, b);
      return ((first[at] ?? '') < (second[at] ?? '') ? -1 : 1) * (sorts[at]?.direction === 'desc' ? -1 : 1);
    })
    .map(([, row]) => row);
}

/** What is compared of a row. */
const visible = (row: Shown | NumberRow) => ({
  ...{ number: row.number, primary: row.primary, failover: row.failover, billing: row.billing },
  ...{
    state: row.state,
    area: row.area,
    seenAt: row.seenAt,
    routesAt: row.routesAt,
    monthly: row.monthly,
    tags: row.tags,
  },
  missingSince: row.missingSince,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  { numbers: 40, rounds: 250, questions: 4 },
  { numbers: 400, rounds: 150, questions: 3 },
  // So many that slots are put in their places.
  { numbers: 4_000, rounds: 60, questions: 2 },
])(
  `$rounds rounds of changes to $numbers numbers, each row looked at (NUMBERDESK_SEED=${seed})`,
  (size) => {
    const file = path.join(folder, 'numbers.db');
    const store = new NumberStore(file);
    run(store.load());
    const world = new World(store, randomOf(seed + size.numbers), size.numbers);
    world.fill();
    let matches = 0;
    const pages: { said: string; read: readonly string[]; expected: readonly string[] }[] = [];
    const everything = { text: '', sort: { column: 'number', direction: 'asc' } } as const;
    const snapshotOf = (question: { text: string; sort: Sort }, expected: readonly Shown[]) => {
      const page = store.matching({ ...question, limit: 10, snapshot: 'new' });
      const numbers = expected.map(({ number }) => number);
      pages.push({ said: question.text, read: page.numbers, expected: numbers.slice(0, 10) });
      return { id: page.snapshot ?? 0, numbers };
    };
    let snapshot = snapshotOf(everything, inOrder(world.shown(), everything.sort));
    const readOn = () => {
      const { id, numbers } = snapshot;
      const rest = store.matching({ ...everything, limit: 10_000, offset: 10, snapshot: id });
      pages.push({ said: `snapshot ${id}`, read: rest.numbers, expected: numbers.slice(10) });
    };
    const until = performance.now() + mostMs;
    for (let round = 0; round < size.rounds && performance.now() < until; round += 1) {
      world.change();
      const rows = world.shown();
      for (let at = 0; at < size.questions; at += 1) {
        const { text, test: holds } = world.query(rows);
        const sortBy = () => ({
          column: world.one(numberColumns),
          direction: world.one(['asc', 'desc'] as const),
        });
        const also = world.one([[], [sortBy()], [sortBy(), sortBy()]]);
        const sort = { ...sortBy(), ...(also.length > 0 ? { also } : {}) };
        const said = `seed ${seed}, round ${round}: "${text}" by ${JSON.stringify(sort)}`;
        const expected = inOrder(rows.filter(holds), sort);
        const offset = world.any(expected.length + 2);
        const limit = world.any(120);
        const window = store.query({ text, sort, offset, limit });
        expect(
          window.tokens.filter((token) => token.problem !== null),
          said,
        ).toEqual([]);
        expect([window.total, window.matching], said).toEqual([rows.length, expected.length]);
        expect(window.unread, said).toBe(rows.filter(({ keys }) => keys.primary === null).length);
        expect(window.rows.map(visible), said).toEqual(expected.slice(offset, offset + limit).map(visible));
        const known = expected.flatMap(({ monthly }) => monthly ?? []);
        expect(window.cost, said).toEqual({
          monthly: known.reduce((sum, cents) => sum + cents, 0),
          known: known.length,
        });
        const asked = Array.from({ length: 5 }, () => world.number());
        const passing = new Set(expected.map(({ number }) => number));
        expect(store.among(text, asked), said).toEqual(asked.filter((number) => passing.has(number)));
        matches += expected.length;
        // A list that is read page by page stays as it was at its first page.
        if (expected.length > 20 && world.chance(0.1)) {
          readOn();
          snapshot = snapshotOf({ text, sort }, expected);
        }
      }
    }
    readOn();
    for (const { said, read, expected } of some(pages)) expect(read, said).toEqual(expected);
    // They were questions that find something.
    expect(matches).toBeGreaterThan(50);
    store.close();
    // What a person sees after the next start is what was there.
    const again = new NumberStore(file);
    run(again.load());
    const sort = { column: 'number', direction: 'asc' } as const;
    const rows = inOrder(world.shown(), sort);
    // Routes are called by their keys until they are listed.
    const stored = (row: Shown | NumberRow) => {
      const { primary, failover } = 'keys' in row ? row.keys : row;
      const { billing, seenAt, routesAt, number, missingSince } = row;
      return { ...{ primary, failover, billing, seenAt, routesAt, number, missingSince } };
    };
    const found: NumberRow[] = [];
    for (let more = true; more;) {
      const { rows: next } = again.query({ text: '', sort, offset: found.length, limit: 1_000 });
      found.push(...next);
      more = next.length > 0;
    }
    expect(found.map(stored)).toEqual(rows.map(stored));
    const left = rows.filter(({ keys }) => keys.primary === null).length;
    expect(again.query({ text: '', sort, offset: 0, limit: 0 }).unread).toBe(left);
    again.close();
  },
  30_000,
);
