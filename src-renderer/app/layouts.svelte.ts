import type { Settings } from '#main/contract/settings.ts';
import { TableLayout, usualLayout, type Layout } from '../lib/table-layout.svelte.ts';

/** The lists whose columns can be arranged. */
export type ListName =
  | 'numbers'
  | 'offers'
  | 'cart'
  | 'routes'
  | 'orders'
  | 'order'
  | 'plans'
  // Of a change: its numbers, its kinds of change, the lines of its file, and what is left out of it.
  | 'change'
  | 'change-kinds'
  | 'change-lines'
  | 'change-left-out';

/** How the columns of each list are arranged: one arrangement a list for the whole window, kept in the settings. */
export class Layouts {
  #made: Partial<Record<ListName, TableLayout>> = {};
  #tables: () => Settings['tables'];
  #keep: (tables: Settings['tables']) => void;

  constructor(tables: () => Settings['tables'], keep: (tables: Settings['tables']) => void) {
    this.#tables = tables;
    this.#keep = keep;
  }

  of(name: ListName): TableLayout {
    const known = this.#made[name];
    if (known) return known;
    const made = new TableLayout(this.#tables()[name] ?? usualLayout, (layout: Layout) => {
      this.#keep({ ...this.#tables(), [name]: layout });
    });
    this.#made[name] = made;
    return made;
  }
}
