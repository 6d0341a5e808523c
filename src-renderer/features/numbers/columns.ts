/** The columns of the numbers list as the window shows and exports them, made from `contract/column-table.ts`. */
import {
  columnOf,
  columnsFor,
  numberColumns,
  type ColumnEntry,
  type NumberColumn,
} from '#main/contract/number-columns.ts';
import type { NumberRow } from '#main/contract/numbers.ts';
import { exportedNumber, formatNumber, type NumberFormat } from '#main/contract/phone.ts';
import { routeWords } from '#main/contract/words.ts';
import type { Column } from '../../lib/columns.ts';
import { placeWords } from '../../lib/places.ts';
import type { ExportColumn } from '../../lib/export.ts';
import { formatAge, formatMoney, formatTime, plainMoney } from '../../lib/format.ts';

/** What cells depend on besides their row: how numbers are shown, and the time (Unix milliseconds). */
type Shown = { readonly format: NumberFormat; readonly now: number };

/** A column of the table, which is sorted by its key. */
export type NumberCell = Omit<Column<NumberRow, NumberColumn>, 'key' | 'text' | 'tip' | 'usual'> & {
  readonly key: NumberColumn;
  readonly usual?: 'never' | 'when-known';
  readonly text: (row: NumberRow, shown: Shown) => string;
  /** What its tooltip says; undefined for nothing. */
  readonly tip: (row: NumberRow) => string | undefined;
};

/** In the order of the table. */
export const numberCells: readonly NumberCell[] = numberColumns.map((key) => {
  const entry = columnOf(key);
  return {
    ...{ key, title: entry.title, sort: key, ...entry.cell },
    ...(entry.type === 'money' ? { align: 'end' as const } : {}),
    text: (row, shown) => {
      if (key === 'seen' && row.missingSince !== undefined) return 'missing';
      if (key === 'area') return placeWords(row.area, row.state);
      return cellText(entry, valueOf(row, key), shown);
    },
    tip: (row) => (key === 'seen' ? seenTip(row) : tipOf(entry, valueOf(row, key))),
  };
});

/**
 * The columns that an account has, each with whether it is shown before anybody chose; `known` are those of which any number has a
 * value.
 */
export function cellsFor(features: Parameters<typeof columnsFor>[0], known: readonly NumberColumn[]) {
  const here = columnsFor(features);
  return numberCells
    .filter(({ key }) => here.includes(key))
    .map((cell) => ({
      ...cell,
      usual: cell.usual === undefined || (cell.usual === 'when-known' && known.includes(cell.key)),
    }));
}

/** The columns a file may have. `format` is asked when a row is written. */
export function exportColumns(
  format: () => NumberFormat,
  columns: readonly NumberColumn[] = numberColumns,
): ExportColumn<NumberRow>[] {
  return columns.flatMap((key) => {
    const entry = columnOf(key);
    const { title, name = title } = entry;
    const column = {
      ...{ ...entry.export, title: name },
      cell: (row: NumberRow) => exported(entry, valueOf(row, key)),
    };
    const formatted = { name: 'formatted', title: 'Number as shown' };
    return key === 'number'
      ? [column, { ...formatted, cell: (row: NumberRow) => formatNumber(row.number, format()) }]
      : [column];
  });
}

type Value = string | number | null;

function valueOf(row: NumberRow, key: NumberColumn): Value {
  return key === 'seen' ? row.seenAt : row[key];
}

function cellText({ type, say }: ColumnEntry, value: Value, { format, now }: Shown): string {
  if (type === 'route') return routeWords(value as string | null);
  if (value === null) return type === 'money' || type === 'time' ? '' : 'not read yet';
  if (typeof value === 'number') return type === 'time' ? formatAge(value, now) : formatMoney(value);
  if (type === 'digits') return formatNumber(value, format);
  return say ? say(value) : value;
}

/** Words are cut where the column ends; of an age the moment is told. */
function tipOf({ type }: ColumnEntry, value: Value): string | undefined {
  if (typeof value === 'number') return type === 'time' ? formatTime(value) : undefined;
  return type === 'route' || type === 'tags' || type === 'text' ? value || undefined : undefined;
}

function seenTip({ missingSince, seenAt }: NumberRow): string {
  const seen = formatTime(seenAt);
  if (missingSince === undefined) return seen;
  return `Missing from the carrier's list since ${formatTime(missingSince)}, last seen ${seen}`;
}

/** As a program reads it: numbers without punctuation, plain amounts, and times in ISO 8601. */
function exported({ type }: ColumnEntry, value: Value): string {
  if (value === null) return '';
  if (type === 'digits') return exportedNumber(String(value));
  // As an import reads it: nothing keeps a route, "none" is no route.
  if (type === 'route') return value === '' ? routeWords(value) : String(value);
  if (typeof value === 'string') return value;
  return type === 'time' ? new Date(value).toISOString() : plainMoney(value);
}
