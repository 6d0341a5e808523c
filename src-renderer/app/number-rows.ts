import { formatNumber, type NumberFormat } from '#main/contract/phone.ts';
import { copyActions, copyNumbers } from '../lib/copy.ts';
import type { TableState } from '../lib/table-state.svelte.ts';
import type { RowAction, RowMenu, TableChoice } from '../lib/table.ts';
import type { AppState } from './app.svelte.ts';

type Options<Row> = {
  readonly rowAt: (index: number) => Row | undefined;
  /** The number a row is about, as digits; '' for a row that is about none. */
  readonly numberOf: (row: Row) => string;
  /** Whether it is one of the numbers of this account, so that it can be shown among them. */
  readonly owned?: (row: Row) => boolean;
  /** What else can be done with a row. */
  readonly more?: (row: Row) => readonly RowAction[];
};

/**
 * What can be done in a list whose rows are each about one number and are not chosen, as those of a cart or of a plan: a cursor, the
 * keys that copy everywhere, Enter to see it among the numbers, and a menu with the same.
 */
export function numberRows<Row>(
  app: AppState,
  table: TableState,
  { rowAt, numberOf, owned = () => true, more = () => [] }: Options<Row>,
): { readonly choice: TableChoice<Row>; readonly menu: (row: Row) => RowMenu } {
  const copy = async (row: Row | undefined, format: NumberFormat) => {
    const number = row === undefined ? '' : numberOf(row);
    if (number !== '') app.say(await copyNumbers([number], format));
  };
  const show = (row: Row) => {
    app.showNumbers(numberOf(row), numberOf(row));
  };
  const canShow = (row: Row | undefined): row is Row =>
    row !== undefined && numberOf(row) !== '' && owned(row);
  return {
    choice: {
      boxes: false,
      selected: () => false,
      selectAll: () => undefined,
      moved: () => undefined,
      clicked(_, index) {
        table.cursor = index;
      },
      copy(format) {
        void copy(rowAt(table.cursor), format ?? app.settings.numberFormat);
      },
      key(event) {
        const row = rowAt(table.cursor);
        if (event.key === 'c') void copy(row, app.settings.numberFormat);
        else if (event.key === 'Enter' && canShow(row)) show(row);
        else return false;
        return true;
      },
    },
    menu: (row) => ({
      title: formatNumber(numberOf(row), app.settings.numberFormat),
      groups: [
        numberOf(row) === ''
          ? []
          : copyActions(
              app.settings.numberFormat,
              app.info?.platform ?? '',
              (format) => void copy(row, format),
            ),
        [
          ...(canShow(row)
            ? [
                {
                  label: 'Show in Numbers',
                  keys: 'Enter',
                  run: () => {
                    show(row);
                  },
                },
              ]
            : []),
          ...(numberOf(row) === ''
            ? []
            : [
                {
                  label: 'Activity of this number',
                  run: () => {
                    app.showActivity(`number:${numberOf(row)}`);
                  },
                },
              ]),
        ],
        more(row),
      ].filter((group) => group.length > 0),
    }),
  };
}
