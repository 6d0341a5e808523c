import { createContext } from 'svelte';
import type { Client } from '#main/contract/client.ts';
import type { Inputs } from '#main/contract/contract.ts';
import type { AppError } from '#main/contract/errors.ts';
import type { CellColumn } from '#main/contract/importing.ts';
import type { PlanRow } from '#main/contract/routing.ts';
import { RouteBook } from './route-book.svelte.ts';
import type { RoutesState } from './routes.svelte.ts';

/** A cell that is shown cut is typed anew. */
const startOf = (cell: string) => (cell.length >= 256 && cell.endsWith('…') ? '' : cell);

/** Changing the cells of an imported file while its plan is a draft: one cell at a time. */
export class FileEditing {
  /** The cell that is typed into. */
  cell = $state.raw<{ readonly line: number; readonly column: CellColumn; readonly was: string } | null>(
    null,
  );
  text = $state('');
  /** The row whose change is on its way. */
  busy = $state<number | null>(null);
  /** Why the last change of a row was not made. */
  trouble = $state.raw<{ readonly line: number; readonly error: AppError } | null>(null);
  /** The routes that a cell can name. */
  readonly book = new RouteBook();
  #routes: RoutesState;
  #client: Client;
  #plan: () => number;

  constructor(routes: RoutesState, client: Client, plan: () => number) {
    this.#routes = routes;
    this.#client = client;
    this.#plan = plan;
  }

  isIn({ line }: PlanRow, column: CellColumn): boolean {
    return this.cell?.line === line && this.cell.column === column;
  }

  begin(row: PlanRow, column: CellColumn): void {
    this.text = startOf(row[column]);
    this.cell = { line: row.line, column, was: this.text };
    if (column !== 'number') void this.book.load(this.#client);
  }

  cancel(): void {
    this.cell = null;
  }

  /** Keeps what was typed. Called by Enter and by leaving the cell: what was saved or given up is not saved again. */
  async save(row: PlanRow, column: CellColumn): Promise<void> {
    const { cell, text } = this;
    if (cell?.line !== row.line || cell.column !== column) return;
    this.cell = null;
    if (text !== cell.was) await this.send(row, { kind: 'cell', line: row.line, column, text });
  }

  async send({ line }: PlanRow, edit: Inputs['plans.edit']['edit']): Promise<void> {
    if (this.busy === line) return;
    this.busy = line;
    const error = await this.#routes.edit(this.#plan(), edit);
    this.busy = null;
    this.trouble = error && { line, error };
  }
}

export const [getEditing, setEditing] = createContext<FileEditing>();
