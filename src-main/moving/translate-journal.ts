import { formerLabel } from '../contract/former-routes.ts';
import { noRoute, type Route } from '../contract/model.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { keepFailover, keepPrimary, notRead, oneWord } from '../routing/pairs.ts';
import { distinctLabels } from '../routing/distinct-labels.ts';
import { storeRoutes } from '../routing/stored-routes.ts';
import type { RouteKeys, Side } from './route-keys.ts';

/** The members of a code's data that are keys of routes (`withLabels`), and the side that each of them speaks of. */
const sideOf: Readonly<Record<string, Side>> = { route: 'primary', primary: 'primary', failover: 'failover' };
const sides = ['primary', 'failover'] as const;

/** The routes of the API that a journal is brought to, and when they were listed (Unix milliseconds). */
export type ListedNow = { readonly routes: readonly Route[]; readonly at: number };

/**
 * Brings the routes of all plans, orders and reasons of a journal to the keys of another API, in one transaction. A draft has to be
 * compared again; what it was to set and is not found there is left out of it, by its name. What ended keeps such names.
 * Returns the names that were not found.
 */
export function translateJournal(
  database: Database,
  keys: RouteKeys,
  builtin: { readonly from: string },
  listed: ListedNow,
): string[] {
  return transaction(database, () => {
    database.exec(`CREATE TEMP TABLE translated (
      side TEXT NOT NULL, name TEXT NOT NULL, to_name TEXT NOT NULL, lost INTEGER NOT NULL, PRIMARY KEY (side, name)
    ) WITHOUT ROWID`);
    const missing = new Set<string>();
    const put = database.prepare('INSERT OR IGNORE INTO translated VALUES (?, ?, ?, ?)');
    for (const side of sides) {
      const used = database
        .prepare(
          `SELECT before_${side} AS name FROM plan_item UNION SELECT to_${side} FROM plan_item
           UNION SELECT ${side}_name FROM purchase_order`,
        )
        .all() as { name: string }[];
      for (const { name } of used) {
        const { key, lost } = keys.of(name, side);
        put.run(side, name, key, Number(lost));
        if (lost) missing.add(formerLabel(key) ?? key);
      }
    }
    markOneWord(database, keys, builtin.from);
    leaveOutOfDrafts(database);
    const told = (side: Side, column: string) =>
      `(SELECT to_name FROM translated WHERE side = '${side}' AND name = ${column})`;
    const set = sides.flatMap((side) =>
      [`before_${side}`, `to_${side}`].map((column) => `${column} = ${told(side, column)}`),
    );
    // An order without routes of its own has none to translate.
    database.exec(`
      UPDATE plan_item SET ${set.join(', ')};
      UPDATE purchase_order SET primary_name = ${told('primary', 'primary_name')},
        failover_name = ${told('failover', 'failover_name')} WHERE primary_name <> '${noRoute}';
      DROP TABLE translated;
    `);
    for (const [table, code, detail] of [
      ['plan_item', 'reason', 'reason_detail'],
      ['plan_problem', 'code', 'detail'],
    ] as const)
      translateDetails(database, keys, { table, code, detail });
    database.exec(
      `UPDATE plan SET checked_at = NULL, revision = revision + 1, waiting = 'account-changed', waiting_detail = 'null'
       WHERE phase = 'draft'`,
    );
    storeRoutes(database, distinctLabels(listed.routes));
    database
      .prepare(
        `INSERT INTO stock (name, at, codes) VALUES ('routes', ?, '[]')
         ON CONFLICT (name) DO UPDATE SET at = excluded.at`,
      )
      .run(listed.at);
    return [...missing].sort();
  });
}

/** Sides that meant the built-in route or none say that they may be either. */
function markOneWord(database: Database, keys: RouteKeys, builtin: string): void {
  if (!keys.isOneWord) return;
  database
    .prepare(
      `UPDATE plan_item SET keep = keep | ${oneWord}
       WHERE ?1 IN (before_primary, before_failover, to_primary, to_failover)`,
    )
    .run(builtin);
}

/** Numbers of drafts that were to get a route which is not found; what others had is not known before the next comparison. */
function leaveOutOfDrafts(database: Database): void {
  const inDraft = "plan_id IN (SELECT id FROM plan WHERE phase = 'draft')";
  const isLost = (side: Side, column: string) =>
    `EXISTS (SELECT 1 FROM translated WHERE side = '${side}' AND name = ${column} AND lost = 1)`;
  const lostPrimary = `(keep & ${keepPrimary} = 0 AND ${isLost('primary', 'to_primary')})`;
  const lostFailover = `(keep & ${keepFailover} = 0 AND ${isLost('failover', 'to_failover')})`;
  const lost = `${inDraft} AND (${lostPrimary} OR ${lostFailover})`;
  // Its key is translated with the other ones.
  database.exec(`
    INSERT INTO plan_problem (plan_id, line, number, code, detail)
      SELECT plan_id, line, number, 'former-route-gone',
        json_object('route', CASE WHEN ${lostPrimary} THEN to_primary ELSE to_failover END)
      FROM plan_item WHERE ${lost};
    DELETE FROM plan_item WHERE ${lost};
    UPDATE plan_item SET keep = keep | ${notRead}
      WHERE ${inDraft} AND (${isLost('primary', 'before_primary')} OR ${isLost('failover', 'before_failover')});
  `);
}

type Columns = { readonly table: string; readonly code: string; readonly detail: string };

/** Keys of routes in what is said of numbers. There are few different sayings. */
function translateDetails(database: Database, keys: RouteKeys, { table, code, detail }: Columns): void {
  const said = database
    .prepare(
      `SELECT DISTINCT ${code} AS code, ${detail} AS detail FROM ${table}
       WHERE json_type(${detail}) = 'object' AND
         coalesce(${detail} ->> 'route', ${detail} ->> 'primary', ${detail} ->> 'failover') IS NOT NULL`,
    )
    .all() as { code: string; detail: string }[];
  if (said.length === 0) return;
  database.exec(
    'CREATE TEMP TABLE said (code TEXT NOT NULL, detail TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (code, detail))',
  );
  const put = database.prepare('INSERT INTO said VALUES (?, ?, ?)');
  for (const one of said) {
    const members = Object.entries(JSON.parse(one.detail) as Record<string, unknown>).map(([name, value]) => {
      const side = sideOf[name];
      return [name, side && typeof value === 'string' ? keys.of(value, side).key : value];
    });
    put.run(one.code, one.detail, JSON.stringify(Object.fromEntries(members)));
  }
  database.exec(`
    UPDATE ${table} SET ${detail} = (SELECT other FROM said WHERE said.code = ${table}.${code} AND said.detail = ${table}.${detail})
      WHERE EXISTS (SELECT 1 FROM said WHERE said.code = ${table}.${code} AND said.detail = ${table}.${detail});
    DROP TABLE said;
  `);
}
