import { readCell } from '../../contract/cells.ts';
import { readTyped } from '../../contract/clean.ts';
import { formerLabel } from '../../contract/former-routes.ts';
import { noSuchRoute, type LeftOut } from '../../contract/left-out.ts';
import { noRoute, type Route } from '../../contract/model.ts';
import type { PlanProblem, SideChange } from '../../contract/routing.ts';
import type { KnownPair } from '../../inventory/number-store.ts';
import type { RunPlanItem } from '../plan-store.ts';
import { guessed, keepFailover, keepPrimary, keyAfter, notRead } from '../pairs.ts';

/** One number and what becomes of its routes, by their keys. `line` is the line of a file, or 0. */
export type WantedRow = {
  readonly line: number;
  /** Digits with the country's code; null when the cell was no number. */
  readonly number: string | null;
  readonly primary: SideChange;
  readonly failover: SideChange;
  /** Why it cannot be used, as far as the row alone tells. */
  readonly problem: LeftOut | null;
  /** What stands in the file for the number, to name it by. */
  readonly named?: string;
};

/** A change as it is put into a draft. */
type NewPlanItem = Omit<RunPlanItem, 'status' | 'sent'> & Pick<WantedRow, 'line'>;

/** What the cached list has for rows, in their order. */
export type KnownOfRows = {
  readonly pairs: readonly KnownPair[];
  /** Numbers of other countries that ten digits without a country's code may stand for. */
  readonly others?: readonly (string | null)[];
  /** A sync has gone through the whole list once. */
  readonly complete: boolean;
};

export type SortedRows = {
  readonly items: NewPlanItem[];
  readonly problems: PlanProblem[];
};

/**
 * Sorts wanted rows into changes and problems; what is right already is told apart when it is compared with the carrier.
 * Of several good rows of one number the first counts.
 */
export function sortRows(
  rows: readonly WantedRow[],
  { pairs, others = [], complete }: KnownOfRows,
  routes: readonly Route[],
): SortedRows {
  const items: NewPlanItem[] = [];
  const problems: PlanProblem[] = [];
  const listed = new Map(routes.map((route) => [route.key, route]));
  const taken = new Map<string, number>();
  rows.forEach((row, at) => {
    const { line, number } = row;
    const known = pairs[at] ?? null;
    const before =
      known === 'unread' ? nothing : known && { primary: known.primary, failover: known.failover };
    const earlier = number === null ? undefined : taken.get(number);
    const problem: LeftOut | null =
      row.problem ??
      eitherOf(row, others[at] ?? null) ??
      problemOf(row, listed) ??
      (before ? null : complete ? unknownNumber : notYetListed) ??
      (earlier === undefined ? null : { code: 'line-before', detail: earlier });
    if (number === null || !before || problem !== null) {
      problems.push({ line, number: number ?? row.named?.slice(0, 40) ?? '', why: problem ?? unknownNumber });
      return;
    }
    taken.set(number, line);
    const keep =
      (row.primary === 'keep' ? keepPrimary : 0) |
      (row.failover === 'keep' ? keepFailover : 0) |
      (known === 'unread' ? notRead : known?.guess ? guessed : 0);
    const to = {
      primary: keyAfter(row.primary, before.primary),
      failover: keyAfter(row.failover, before.failover),
    };
    // What the list takes for right is compared with the carrier too: it may have been moved since.
    items.push({ number, line, keep, before, to });
  });
  return { items, problems };
}

/** What stands for the routes of a number before they were read. */
const nothing = { primary: noRoute, failover: noRoute };
const unknownNumber: LeftOut = { code: 'not-in-list', detail: null };
const notYetListed: LeftOut = { code: 'list-not-complete', detail: null };

/** "(207) 946-0958", "207 946 0958": nobody writes numbers of other countries in these groups. */
const inThreeGroups = /^\D*\d{3}\D+\d{3}\D+\d{4}\D*$/;

/** Ten digits alone: which country they are of cannot be told when the account has a number of another one that ends so. */
function eitherOf({ number, named }: WantedRow, other: string | null): LeftOut | null {
  if (number === null || other === null || named === undefined) return null;
  const written = readCell(named);
  if (inThreeGroups.test(written)) return null;
  const typed = readTyped(written);
  if (typed === null || typed.international || typed.digits.length !== 10) return null;
  return { code: 'number-either', detail: { one: number, other } };
}

function problemOf(row: WantedRow, routes: ReadonlyMap<string, Route>): LeftOut | null {
  for (const side of [row.primary, row.failover]) {
    if (typeof side === 'string') continue;
    const { route: key } = side;
    const route = routes.get(key);
    if (!route) return noSuchRoute(formerLabel(key) ?? key);
    // The carrier's rule for PSTN: not the number the route will be put on (DEV-V1ROUTE).
    if (route.type === 'PSTN' && isNumber(route.value, row.number)) {
      return { code: 'forwards-to-itself', detail: { route: key } };
    }
  }
  return null;
}

/** True for a number (digits with the country's code), however it was written when its route was made; ten digits may lack the 1. */
function isNumber(value: string | null, number: string | null): boolean {
  const digits = value?.replace(/\D/g, '') ?? '';
  return digits === number || (digits.length === 10 && `1${digits}` === number);
}
