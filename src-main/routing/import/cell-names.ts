import { readCell, unguarded } from '../../contract/cells.ts';
import { noSuchRoute, sharedName, type LeftOut } from '../../contract/left-out.ts';
import type { SideChange } from '../../contract/routing.ts';
import type { KnownRoutes } from '../known-routes.ts';
import type { ImportedRow } from './import.ts';
import type { WantedRow } from './wanted-rows.ts';

const primaryNone: LeftOut = { code: 'primary-none', detail: null };
const noRoutes: LeftOut = { code: 'no-routes', detail: null };

/** Reads the route cells of a file's rows as listed routes, by their labels. Most files repeat few cells: each is worked out once. */
export class CellNames {
  #routes: KnownRoutes;
  #known = new Map<string, SideChange | null>();
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
      const [primary, failover] = [this.#changeOf(cells.primary), this.#changeOf(cells.failover)];
      const unknown = primary === null ? cells.primary : failover === null ? cells.failover : undefined;
      const problem =
        row.problem ??
        (unknown === undefined ? null : this.#unknown(unknown)) ??
        (primary === 'none' ? primaryNone : null) ??
        (primary === 'keep' && failover === 'keep' ? noRoutes : null);
      return {
        ...{ line, number, problem, named: cells.number },
        primary: primary ?? 'keep',
        failover: failover ?? 'keep',
      };
    });
  }

  /** True for a cell that names no listed route, as far as the list goes: it may be old. */
  isUnlisted(cell: string): boolean {
    return this.#changeOf(cell) === null;
  }

  /** The listed route that is probably meant by a cell that names none; null when nothing is near, or more than one. */
  meant(cell: string): string | null {
    return this.#changeOf(cell) === null ? this.#routes.names.meant(readCell(cell)) : null;
  }

  /** What a cell says of its side; an empty one keeps it. Null for a label that is not listed. */
  #changeOf(cell: string): SideChange | null {
    if (cell === '') return 'keep';
    const known = this.#known.get(cell);
    if (known !== undefined) return known;
    const change = this.#read(cell);
    this.#known.set(cell, change);
    return change;
  }

  #read(cell: string): SideChange | null {
    // As our own export says it. Where a route is called so, nobody can tell which of them is meant.
    if (this.#none && readCell(cell).toLowerCase() === 'none')
      return this.#routes.names.has(readCell(cell)) ? null : 'none';
    const key = this.#find(cell);
    if (key !== null) return { route: key };
    return readCell(cell) === '' ? 'keep' : null;
  }

  #find(cell: string): string | null {
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
    const several = this.#routes.several(written);
    const problem =
      several.length > 0
        ? sharedName(written, several)
        : noSuchRoute(written, this.#routes.names.meant(written));
    this.#problems.set(cell, problem);
    return problem;
  }
}
