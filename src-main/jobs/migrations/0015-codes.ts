import type { Migration } from '../../platform/storage/sqlite.ts';

/** Sentences of before that something depended on, by the code that stands for them now. */
const steering = [
  ['order_item', 'reason', 'backup', 'Not asked for before the backup was made.%'],
  ['purchase_order', 'waiting', 'lost-order', 'An order whose own entry was lost.%'],
] as const;

const coded = (table: string, column: string) => `
  ALTER TABLE ${table} ADD COLUMN ${column}_detail TEXT NOT NULL DEFAULT 'null';
  ${steering
    .filter(([where, what]) => where === table && what === column)
    .map(
      ([, , code, sentence]) =>
        `UPDATE ${table} SET ${column} = '${code}' WHERE ${column} LIKE '${sentence}';`,
    )
    .join('\n')}
  UPDATE ${table} SET ${column}_detail = json_quote(${column}), ${column} = 'text'
    WHERE ${column} NOT IN (${["''", ...steering.map(([, , code]) => `'${code}'`)].join()});`;

/**
 * Why a job waits and what became of a number is a code with its data as JSON; '' stands for nothing said. A sentence of before is
 * the data of the code "text". Plans keep, as orders do, that they were stopped.
 */
export const codes: Migration = {
  version: 15,
  sql: `
    ${coded('purchase_order', 'waiting')}
    ${coded('plan', 'waiting')}
    ${coded('order_item', 'reason')}
    ${coded('plan_item', 'reason')}
    ALTER TABLE plan ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
    UPDATE plan SET stopped = 1 WHERE phase = 'stopping';
    DROP INDEX order_item_open;
  `,
};
