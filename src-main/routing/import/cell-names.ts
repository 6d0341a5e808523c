import { readCell, unguarded } from '../../contract/cells.ts';
import { noSuchRoute, type LeftOut } from '../../contract/left-out.ts';
import { noRoute } from '../../contract/model.ts';
import type { KnownRoutes } from '../known-routes.ts';
import type { ImportedRow } from './import.ts';
import type { WantedRow } from './wanted-rows.ts';

const primaryNone: LeftOut = { code: 'primary-none', detail: {} };
const noRoutes: LeftOut = { code: 'no-routes', detail: {} };

/** Reads the route cells of a file's rows as listed routes, by their labels. Most files repeat few cells: each is worked out once. */
export class CellNames {
  #routes: KnownRoutes;
  #known = new Map<string, string | null | undefined>();
  #problems = new Map<string, LeftOut>();
  #none: boolean;

  /** `none`: a number can have no failover at all, which a cell says by this word. */
  constructor(routes: KnownRoutes, none = false) {
    this.#routes = routes;
    this.#none = none;
  }

  /** The rows with the keys of listed routes; a cell that names no route is the row's problem. */
  resolve(rows: readonly ImportedRow[]): WantedRow[] {
    return rows.map((row): WantedRow => {
      const { line, number, cells } = row;
      const [primary, failover] = [this.#keyOf(cells.primary), this.#keyOf(cells.failover)];
      const unknown =
        primary === undefined ? cells.primary : failover === undefined ? cells.failover : undefined;
      const problem =
        row.problem ??
        (unknown === undefined ? null : this.#unknown(unknown)) ??
        (primary === noRoute ? primaryNone : null) ??
        (primary === null && failover === null ? noRoutes : null);
      return {
        ...{ line, number, problem, named: cells.number },
        primary: primary ?? null,
        failover: failover ?? null,
      };
    });
  }

  /** True for a cell that names no listed route, as far as the list goes: it may be old. */
  isUnlisted(cell: string): boolean {
    return this.#keyOf(cell) === undefined;
  }

  /** The listed route that is probably meant by a cell that names none; null when nothing is near, or more than one. */
  meant(cell: string): string | null {
    return this.#keyOf(cell) === undefined ? this.#routes.names.meant(readCell(cell)) : null;
  }

  /** The key of the listed route, `noRoute` for none; null for an empty cell, undefined for a label that is not listed. */
  #keyOf(cell: string): string | null | undefined {
    if (cell === '') return null;
    if (this.#known.has(cell)) return this.#known.get(cell);
    const key = this.#find(cell) ?? (readCell(cell) === '' ? null : undefined);
    this.#known.set(cell, key);
    return key;
  }

  #find(cell: string): string | null {
    // As our own export says it. Where a route is called so, nobody can tell which of them is meant.
    if (this.#none && readCell(cell).toLowerCase() === 'none')
      return this.#routes.names.has(readCell(cell)) ? null : noRoute;
    // As our own export wrote it, then as it stands, then as people type.
    const plain = unguarded(cell);
    const { names } = this.#routes;
    for (const exact of [plain, cell]) if (names.has(exact)) return this.#routes.keyOf(exact);
    return this.#routes.keyOf(readCell(cell)) ?? this.#routes.keyOf(plain);
  }

  #unknown(cell: string): LeftOut {
    const known = this.#problems.get(cell);
    if (known !== undefined) return known;
    const written = readCell(cell);
    const problem = noSuchRoute(written, this.#routes.names.meant(written));
    this.#problems.set(cell, problem);
    return problem;
  }
}
