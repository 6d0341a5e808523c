import { builtinType } from '../contract/model.ts';
import { guessedLongAgo, neverRead } from '../inventory/stored-rows.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { differ, type RouteKeys, type RouteNaming, type Side } from './route-keys.ts';

/**
 * Brings the routes of a cached list to the keys of another API. A number with a route that is not found there is "not read yet"; one
 * whose built-in route may be none keeps it, as a reading of the former list would say, and is read again soon. Returns how
 * many numbers are not read any more.
 */
export function translateList(
  database: Database,
  keys: RouteKeys,
  { builtin, billing }: RouteNaming,
): number {
  return transaction(database, () => {
    database.exec(`CREATE TEMP TABLE translated (
      side TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, to_name TEXT NOT NULL, to_type TEXT NOT NULL,
      lost INTEGER NOT NULL, unclear INTEGER NOT NULL, PRIMARY KEY (side, name, type)
    ) WITHOUT ROWID`);
    const put = database.prepare('INSERT INTO translated VALUES (?, ?, ?, ?, ?, ?, ?)');
    for (const side of ['primary', 'failover'] as const) {
      const used = database
        .prepare(
          `SELECT DISTINCT ${side}_name AS name, ${side}_type AS type FROM number WHERE coalesce(routes_at, 1) <> ${neverRead}`,
        )
        .all() as { name: string; type: string }[];
      for (const { name, type } of used) {
        const unclear = keys.isOneWord && keys.isUnreal(name);
        const other = unclear ? { key: builtin, type: builtinType, lost: false } : keys.of(name, side);
        // A key that is listed with another type than the number has it with is not known to be the same route.
        const lost = other.lost || (name !== '' && differ(other.type, type));
        put.run(
          side,
          name,
          type,
          ...(lost ? ['', ''] : [other.key, other.type]),
          Number(lost),
          Number(unclear),
        );
      }
    }
    const is = (side: Side, what: 'lost' | 'unclear') =>
      `(SELECT ${what} FROM translated WHERE side = '${side}' AND name = ${side}_name AND type = ${side}_type)`;
    const isRead = `coalesce(routes_at, 1) <> ${neverRead}`;
    const unread = database
      .prepare(
        `UPDATE number SET primary_name = '', primary_type = '', failover_name = '', failover_type = '', routes_at = ${neverRead}
         WHERE ${isRead} AND (${is('primary', 'lost')} OR ${is('failover', 'lost')})`,
      )
      .run();
    const told = (side: Side, what: 'name' | 'type') =>
      `(SELECT to_${what} FROM translated WHERE side = '${side}' AND name = ${side}_name AND type = ${side}_type)`;
    database.exec(`
      UPDATE number SET primary_name = ${told('primary', 'name')}, primary_type = ${told('primary', 'type')},
        failover_name = ${told('failover', 'name')}, failover_type = ${told('failover', 'type')},
        routes_at = CASE WHEN ${is('primary', 'unclear')} OR ${is('failover', 'unclear')} THEN ${guessedLongAgo} ELSE routes_at END
      WHERE ${isRead};
      DROP TABLE translated;
      -- A pass that was cut short does not go on in a list that has other parts.
      DELETE FROM sync_page;
      DELETE FROM sync_pass WHERE ended_at IS NULL;
    `);
    // What the other list does not tell has not changed when it is gone.
    if (!billing) database.exec("UPDATE number SET billing = ''");
    return Number(unread.changes);
  });
}
