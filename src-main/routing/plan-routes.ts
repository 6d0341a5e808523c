import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { Statements } from '../platform/storage/statements.ts';

/** Sides that a number changes: what it has before and after. A side that stays is no change of its route. */
const sides = ['primary', 'failover'] as const;
const routesOf = (row: string) =>
  sides
    .flatMap((side) =>
      ['before', 'to'].map((when) => ({
        column: `${row}${when}_${side}`,
        differs: `${row}before_${side} <> ${row}to_${side}`,
      })),
    )
    .map(({ column, differs }) => ({
      column,
      where: `${row}already = 0 AND ${differs} AND ${column} <> ''`,
    }));

/** The routes of the plan `?1`, each with how often its numbers have it. */
const countRoutes = `INSERT INTO temp.plan_route
  SELECT route, ?1, sum(count) FROM (${routesOf('')
    .map(
      ({ column, where }) =>
        `SELECT ${column} AS route, count(*) AS count FROM main.plan_item WHERE plan_id = ?1 AND ${where} GROUP BY 1`,
    )
    .join(' UNION ALL ')}) GROUP BY route`;

/**
 * Which routes each plan takes from numbers or gives them, to find plans by a route. It is kept in a temporary table beside the plans, which
 * SQLite itself brings up to date with every change of an item. Nothing of it is on disk, and nothing is kept before
 * it is asked for the first time.
 */
export class PlanRoutes {
  #database: Database;
  #statements: Statements;
  #begun = false;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  /** Looks through plans that were not looked through yet, for about so many milliseconds; true when all are. */
  ready(mostMs: number): boolean {
    const end = Date.now() + mostMs;
    this.#begin();
    const left = this.#statements.all<{ id: number }>(
      'SELECT id FROM plan WHERE id NOT IN (SELECT job FROM temp.plan_routed)',
    );
    if (left.length === 0) return true;
    return transaction(this.#database, () => {
      for (const [at, { id }] of left.entries()) {
        this.#read(id);
        if (Date.now() > end) return at === left.length - 1;
      }
      return true;
    });
  }

  #read(plan: number): void {
    this.#statements.run(countRoutes, plan);
    this.#statements.run('INSERT INTO temp.plan_routed VALUES (?)', plan);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const each = (row: 'NEW' | 'OLD', by: 1 | -1) =>
      routesOf(`${row}.`)
        .map(
          ({ column, where }) => `INSERT INTO plan_route SELECT ${column}, ${row}.plan_id, ${by}
            WHERE ${where} ON CONFLICT DO UPDATE SET count = count + ${by};`,
        )
        .join('\n');
    const when = (row: 'NEW' | 'OLD') => `WHEN EXISTS (SELECT 1 FROM plan_routed WHERE job = ${row}.plan_id)`;
    const columns = sides.flatMap((side) => [`before_${side}`, `to_${side}`]);
    this.#database.exec(`
      CREATE TEMP TABLE plan_routed (job INTEGER PRIMARY KEY);
      CREATE TEMP TABLE plan_route (
        route TEXT NOT NULL, job INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (route, job)
      ) WITHOUT ROWID;
      CREATE TEMP TRIGGER plan_route_added AFTER INSERT ON main.plan_item ${when('NEW')} BEGIN ${each('NEW', 1)} END;
      CREATE TEMP TRIGGER plan_route_gone AFTER DELETE ON main.plan_item ${when('OLD')} BEGIN ${each('OLD', -1)} END;
      CREATE TEMP TRIGGER plan_route_changed AFTER UPDATE OF ${[...columns, 'already'].join()} ON main.plan_item
        ${when('NEW')} BEGIN ${each('OLD', -1)} ${each('NEW', 1)} END;`);
  }
}
