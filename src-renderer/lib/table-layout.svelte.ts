import type { Column } from './columns.ts';

/** How somebody has arranged the columns of a list: kept in the settings. Keys of columns that are not there any more stay unused. */
export type Layout = {
  /** Keys from left to right; columns that are not named stand where the table has them. */
  readonly order: readonly string[];
  /** What was chosen to be shown or hidden; a column that is not named is as is usual for it. */
  readonly shown: Readonly<Record<string, boolean>>;
  /** Pixels, for columns whose width was set. */
  readonly widths: Readonly<Record<string, number>>;
  /** By what its rows are grouped; absent for not at all. */
  readonly group?: string | undefined;
};

export const usualLayout: Layout = { order: [], shown: {}, widths: {} };
/** Pixels. */
export const narrowest = 48;
const widest = 900;

type Arranged = Pick<Column<never>, 'key' | 'pinned' | 'usual' | 'minWidth' | 'grow'>;

/** The arrangement of one list: what it is now, and the changes a person makes to it. */
export class TableLayout {
  #layout = $state.raw<Layout>(usualLayout);
  #keep: (layout: Layout) => void;

  /** `keep` is told every arrangement that is to be kept. */
  constructor(layout: Layout = usualLayout, keep: (layout: Layout) => void = () => undefined) {
    this.#layout = layout;
    this.#keep = keep;
  }

  get isUsual(): boolean {
    const { order, shown, widths, group } = this.#layout;
    return group === undefined && order.length + Object.keys(shown).length + Object.keys(widths).length === 0;
  }

  /** All columns from left to right, hidden ones too; what is pinned stays where the table has it. */
  ordered<One extends Arranged>(columns: readonly One[]): One[] {
    const place = Object.fromEntries(this.#layout.order.map((key, index) => [key, index]));
    const pinned = columns.filter((column) => column.pinned);
    const free = columns.filter((column) => !column.pinned);
    // One that nobody moved comes after the one that stands before it in the table.
    let before = -1;
    const placed = free.map((column, index) => {
      before = place[column.key] ?? before + 0.001;
      return { column, at: before, index };
    });
    placed.sort((a, b) => a.at - b.at || a.index - b.index);
    return [...pinned, ...placed.map(({ column }) => column)];
  }

  /** The columns that are shown, from left to right, each as wide as it was made. */
  arranged<One extends Arranged>(columns: readonly One[]): One[] {
    const { widths } = this.#layout;
    return this.ordered(columns)
      .filter((column) => this.isShown(column))
      .map((column) => {
        const width = widths[column.key];
        return width === undefined ? column : { ...column, minWidth: width, grow: 0 };
      });
  }

  isShown({ key, pinned, usual = true }: Arranged): boolean {
    return pinned === true || (this.#layout.shown[key] ?? usual);
  }

  show({ key, usual = true }: Arranged, shown: boolean): void {
    const others = Object.entries(this.#layout.shown).filter(([name]) => name !== key);
    const now = shown === usual ? others : [...others, [key, shown] as const];
    this.#set({ shown: Object.fromEntries(now) });
  }

  /** Moves a column by so many places of those that are shown. */
  move(columns: readonly Arranged[], key: string, by: number): void {
    const shown = this.arranged(columns).filter(({ pinned }) => !pinned);
    const at = shown.findIndex((column) => column.key === key);
    const other = shown[Math.min(Math.max(at + by, 0), shown.length - 1)];
    if (at < 0 || other === undefined || other.key === key) return;
    const keys = this.ordered(columns)
      .filter(({ pinned }) => !pinned)
      .map((column) => column.key)
      .filter((one) => one !== key);
    const place = keys.indexOf(other.key) + (by > 0 ? 1 : 0);
    this.#set({ order: [...keys.slice(0, place), key, ...keys.slice(place)] });
  }

  /** Sets a width in pixels; `done` when it will not change any more for now, so that it is kept. */
  resize(key: string, width: number, done = true): void {
    const now = Math.round(Math.min(Math.max(width, narrowest), widest));
    this.#set({ widths: { ...this.#layout.widths, [key]: now } }, done);
  }

  get group(): string | null {
    return this.#layout.group ?? null;
  }

  /** Groups the rows by something, or not at all. */
  groupBy(group: string | null): void {
    this.#set({ group: group ?? undefined });
  }

  reset(): void {
    this.#set({ ...usualLayout, group: undefined });
  }

  #set(change: Partial<Layout>, keep = true): void {
    this.#layout = { ...this.#layout, ...change };
    const { group, ...others } = this.#layout;
    if (keep) this.#keep(group === undefined ? others : { ...others, group });
  }
}
