import { readCell, unguarded } from '../../contract/cells.ts';
import type { RouteNames } from '../../contract/route-names.ts';
import type { ImportedRow } from './import.ts';
import type { WantedRow } from './wanted-rows.ts';

/** Reads the route cells of a file's rows as names of listed routes. Most files repeat few cells: each is worked out once. */
export class CellNames {
  #names: RouteNames;
  #known = new Map<string, string | null | undefined>();
  #problems = new Map<string, string>();

  constructor(names: RouteNames) {
    this.#names = names;
  }

  /** The rows with the listed names; a cell that names no route is the row's problem. */
  resolve(rows: readonly ImportedRow[]): WantedRow[] {
    return rows.map((row): WantedRow => {
      const { line, number, cells } = row;
      const [primary, failover] = [this.#nameOf(cells.primary), this.#nameOf(cells.failover)];
      const unknown =
        primary === undefined ? cells.primary : failover === undefined ? cells.failover : undefined;
      const problem =
        row.problem ??
        (unknown === undefined ? null : this.#unknown(unknown)) ??
        (primary === null && failover === null ? 'Neither a primary nor a failover route is given.' : null);
      return {
        ...{ line, number, problem, named: cells.number },
        primary: primary ?? null,
        failover: failover ?? null,
      };
    });
  }

  /** True for a cell that names no listed route, as far as the list goes: it may be old. */
  isUnlisted(cell: string): boolean {
    return this.#nameOf(cell) === undefined;
  }

  /** The listed route that is probably meant by a cell that names none; null when nothing is near, or more than one. */
  meant(cell: string): string | null {
    return this.#nameOf(cell) === undefined ? this.#names.meant(readCell(cell)) : null;
  }

  /** The listed name; null for an empty cell, undefined for a name that is not listed. */
  #nameOf(cell: string): string | null | undefined {
    if (cell === '') return null;
    if (this.#known.has(cell)) return this.#known.get(cell);
    const name = this.#find(cell) ?? (readCell(cell) === '' ? null : undefined);
    this.#known.set(cell, name);
    return name;
  }

  #find(cell: string): string | null {
    // As our own export wrote it, then as it stands, then as people type.
    const plain = unguarded(cell);
    if (this.#names.has(plain)) return plain;
    if (this.#names.has(cell)) return cell;
    return this.#names.find(readCell(cell)) ?? this.#names.find(plain);
  }

  #unknown(cell: string): string {
    const known = this.#problems.get(cell);
    if (known !== undefined) return known;
    const problem = this.#describe(readCell(cell));
    this.#problems.set(cell, problem);
    return problem;
  }

  #describe(written: string): string {
    const shown = written.length > 80 ? `${written.slice(0, 79)}…` : written;
    const meant = this.#names.meant(written);
    return meant === null
      ? `There is no route "${shown}".`
      : `There is no route "${shown}". Did you mean "${meant}"?`;
  }
}
