/**
 * The columns of the numbers list: one entry makes the query key, the order, the cell, the filter menu's field and the column
 * of an export. CONTRIBUTING.md tells how to add one. The same table serves the window and the index.
 */
import { billingName } from './words.ts';

/**
 * What a column holds. It decides how values are compared, found, put in order and written:
 * `digits` the number itself · `route` the name of a route · `region` a state or province by its two letters ·
 * `code` few values of the carrier, compared whole and without case · `text` words of people or of the carrier, found by any
 * part of them · `tags` words of this list, each compared whole · `money` cents, null when not known ·
 * `time` Unix milliseconds.
 */
export type ColumnType = 'digits' | 'route' | 'region' | 'code' | 'text' | 'tags' | 'money' | 'time';

export type ColumnEntry = {
  /** In the head of the table. */
  readonly title: string;
  /** Where there is room for it, as in an export; the title where it is left out. */
  readonly name?: string;
  readonly type: ColumnType;
  /**
   * The carrier tells it, as a text that is stored with the number: in a column of the table `number` of that name. `always`
   * with every listing; `when-told` for what may not be read yet, which is null. Left out for what is known in other ways.
   */
  readonly stored?: 'always' | 'when-told';
  /** How a value is said to people, where that is not the value itself. */
  readonly say?: (value: string) => string;
  /** It may have as many values as there are numbers. Without it, at most 65,536 different ones. */
  readonly many?: true;
  readonly query?: {
    /** `key:` in a query. */
    readonly key: string;
    /** Other keys that mean the same. */
    readonly also?: readonly string[];
    /** Bare words are looked for here as well. */
    readonly words?: true;
  };
  /** Its field in the filter menu. */
  readonly menu?: {
    /** From the top; the area code is at 1. */
    readonly place: number;
    readonly label?: string;
    /** What `key:none` finds, as a choice. */
    readonly none?: string;
  };
  readonly cell: {
    /** Columns of a higher one are hidden first when there is little room; 0 always stays. */
    readonly priority: number;
    /** Pixels. */
    readonly minWidth: number;
    /** Its share of the room that is left; 0 for a column that keeps its width. */
    readonly grow: number;
  };
  readonly export: {
    /** In the first line of the file. */
    readonly name: string;
    /** Ticked when the dialog opens. */
    readonly chosen?: true;
  };
};

const fixed = (minWidth: number, priority: number) => ({ minWidth, grow: 0, priority });
const growing = (minWidth: number, grow: number, priority: number) => ({ minWidth, grow, priority });

/** In the order of the table and of an export. */
export const columnTable = {
  number: {
    title: 'Number',
    type: 'digits',
    cell: fixed(136, 0),
    export: { name: 'number', chosen: true },
  },
  primary: {
    title: 'Primary',
    name: 'Primary route',
    type: 'route',
    query: { key: 'primary', words: true },
    menu: { place: 4 },
    cell: growing(90, 1.2, 1),
    export: { name: 'primary', chosen: true },
  },
  failover: {
    title: 'Failover',
    name: 'Failover route',
    type: 'route',
    query: { key: 'failover', words: true },
    menu: { place: 5, label: 'Failover', none: 'No real failover' },
    cell: growing(90, 1.2, 2),
    export: { name: 'failover', chosen: true },
  },
  billing: {
    title: 'Billing',
    type: 'code',
    stored: 'always',
    say: billingName,
    query: { key: 'billing' },
    cell: fixed(80, 9),
    export: { name: 'billing' },
  },
  /** Two letters, or '' for an area code that belongs to no state or province (toll-free, new). */
  state: {
    title: 'State',
    type: 'region',
    query: { key: 'state', words: true },
    menu: { place: 2, label: 'State or province' },
    cell: fixed(56, 5),
    export: { name: 'state' },
  },
  /** A place name for people: "Seattle", "Toll-free"; '' when unknown. The carrier tells no rate center of an owned number: its area does. */
  area: {
    title: 'Area',
    type: 'text',
    query: { key: 'area', also: ['ratecenter', 'rc'], words: true },
    cell: growing(80, 1, 4),
    export: { name: 'area' },
  },
  /** A person's own words on it, sorted: "spare, vip"; '' when it has none. */
  tags: {
    title: 'Tags',
    type: 'tags',
    query: { key: 'tag', words: true },
    menu: { place: 3, label: 'Tag', none: 'Without a tag' },
    cell: growing(56, 0.8, 3),
    export: { name: 'tags' },
  },
  /** Cents a month as learned when it was bought here; null when unknown: v1 never tells it again. */
  monthly: {
    title: 'Monthly',
    name: 'Monthly cost',
    type: 'money',
    cell: fixed(76, 6),
    export: { name: 'monthly' },
  },
  /** When the carrier's list had it last. */
  seen: {
    title: 'Last seen',
    type: 'time',
    cell: fixed(96, 7),
    export: { name: 'last_seen' },
  },
} as const satisfies Readonly<Record<string, ColumnEntry>>;

type Table = typeof columnTable;
export type NumberColumn = keyof Table;
export const numberColumns = Object.keys(columnTable) as readonly NumberColumn[];

/** The entry of a column, with all that an entry may have. */
export const columnOf = (column: NumberColumn): ColumnEntry => columnTable[column];

export type ColumnTypeOf<Column extends NumberColumn> = Table[Column]['type'];

/** The columns that are like this. */
type ColumnsOf<Wanted> = {
  [Column in NumberColumn]: Table[Column] extends Wanted ? Column : never;
}[NumberColumn];

/** Columns of which the carrier tells a text that is stored with the number as it is. */
export type StoredColumn = ColumnsOf<{ readonly stored: string }>;
export const storedColumns = numberColumns.filter(
  (column) => columnOf(column).stored !== undefined,
) as readonly StoredColumn[];

/** The texts that the carrier tells of a number. What is left out was not told this time: what was known of it stays. */
export type ToldTexts = Readonly<Record<ColumnsOf<{ readonly stored: 'always' }>, string>> &
  Readonly<Partial<Record<ColumnsOf<{ readonly stored: 'when-told' }>, string | null>>>;

type Valued<Column extends NumberColumn> =
  Column extends ColumnsOf<{ readonly type: 'money' | 'time' }>
    ? number | null
    : Column extends ColumnsOf<{ readonly stored: 'when-told' }>
      ? string | null
      : string;

/** What a row says in its columns; when it was seen last is always known, and has a field of its own. */
export type ColumnValues = {
  readonly [Column in Exclude<NumberColumn, 'seen'>]: Valued<Column>;
};

/** A query key that asks a column, by its first name. */
export type ColumnField = {
  [Column in NumberColumn]: Table[Column] extends { readonly query: { readonly key: infer Key } }
    ? Key
    : never;
}[NumberColumn];

const fields = new Map<string, NumberColumn>();
for (const column of numberColumns) {
  const { query } = columnOf(column);
  if (query) fields.set(query.key, column);
}

/** The column that a field of a query asks; null for fields that ask no column or several. */
export const columnOfField = (field: string): NumberColumn | null => fields.get(field) ?? null;

/** What a person may type for each column: every key, and the field it means. */
export const columnKeys: readonly (readonly [key: string, field: ColumnField])[] = numberColumns.flatMap(
  (column) => {
    const { query } = columnOf(column);
    const field = query?.key as ColumnField;
    return query ? [query.key, ...(query.also ?? [])].map((key) => [key, field] as const) : [];
  },
);
