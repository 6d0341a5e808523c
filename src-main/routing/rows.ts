import type { Route } from '../contract/model.ts';
import type { PlanProblem } from '../contract/routing.ts';
import { keepFailover, keepPrimary, targetOf, type NewPlanItem, type Pair } from './plan-store.ts';

/** One number and what it should have; null keeps a side. `line` is the line of a file, or 0. */
export type WantedRow = {
  readonly line: number;
  readonly number: string;
  readonly primary: string | null;
  readonly failover: string | null;
};

export type SortedRows = {
  readonly items: NewPlanItem[];
  readonly problems: PlanProblem[];
};

/**
 * Sorts wanted rows into changes and problems; what is right already leaves when it is compared with the carrier. `pairs` are what the cached list has,
 * in the order of the rows; null for a number that is not in it.
 */
export function sortRows(
  rows: readonly WantedRow[],
  pairs: readonly (Pair | null)[],
  routes: ReadonlyMap<string, Route>,
): SortedRows {
  const items: NewPlanItem[] = [];
  const problems: PlanProblem[] = [];
  const names = new Map(Array.from(routes.keys(), (name) => [name.toLowerCase(), name]));
  rows.forEach((row, at) => {
    const { line, number } = row;
    const before = pairs[at] ?? null;
    const problem = before
      ? problemOf(row, routes, names)
      : 'The list has no such number of this account. If it is new, sync and try again.';
    if (!before || problem) {
      problems.push({ line, number, text: problem ?? '' });
      return;
    }
    const keep = (row.primary === null ? keepPrimary : 0) | (row.failover === null ? keepFailover : 0);
    const wanted = { primary: row.primary ?? before.primary, failover: row.failover ?? before.failover };
    const to = targetOf({ keep, to: wanted }, before);
    // What the list takes for right is compared with the carrier too: it may have been moved since.
    items.push({ number, keep, before, to });
  });
  return { items, problems };
}

function problemOf(
  row: WantedRow,
  routes: ReadonlyMap<string, Route>,
  names: ReadonlyMap<string, string>,
): string | null {
  for (const name of [row.primary, row.failover]) {
    if (name === null) continue;
    const route = routes.get(name);
    if (!route) return unknownRoute(name, names);
    // The carrier's rule for PSTN: not the number the route will be put on (DEV-V1ROUTE).
    if (route.type === 'PSTN' && digitsOf(route.value) === row.number) {
      return `Route ${name} forwards to this very number: calls would go in circles.`;
    }
  }
  return null;
}

/** `names` are those of the routes by their lower case: looked up for every wrong row of a file. */
function unknownRoute(name: string, names: ReadonlyMap<string, string>): string {
  const meant = names.get(name.toLowerCase());
  return meant ? `There is no route "${name}". Did you mean "${meant}"?` : `There is no route "${name}".`;
}

/** Eleven digits, however a number was written when its route was made. */
function digitsOf(value: string | null): string {
  const digits = value?.replace(/\D/g, '') ?? '';
  return digits.length === 10 ? `1${digits}` : digits;
}
