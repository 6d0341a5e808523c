/** What follows from the table of columns (`column-table.ts`): their types, their query keys, and which of them are stored. */
import { columnTable, type ColumnEntry } from './column-table.ts';

export type { ColumnEntry, ColumnType } from './column-table.ts';

type Table = typeof columnTable;
export type NumberColumn = keyof Table;
export const numberColumns = Object.keys(columnTable) as readonly NumberColumn[];

/** The entry of a column, with all that an entry may have. */
export const columnOf = (column: NumberColumn): ColumnEntry => columnTable[column];

/** The columns of an account whose API is like this; all of them where that is not known. */
export function columnsFor(
  features: Readonly<Record<NonNullable<ColumnEntry['needs']>, boolean>> | undefined,
): readonly NumberColumn[] {
  if (!features) return numberColumns;
  return numberColumns.filter((column) => {
    const { needs } = columnOf(column);
    return needs === undefined || features[needs];
  });
}

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
    : Column extends ColumnsOf<{ readonly stored: 'when-told' } | { readonly type: 'route' }>
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
