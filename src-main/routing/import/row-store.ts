import type { MeantRoute } from '../../contract/importing.ts';
import type { PlanRow, PlanRowsWindow } from '../../contract/routing.ts';
import { fitting } from '../../platform/storage/fitting.ts';
import type { Database } from '../../platform/storage/sqlite.ts';
import { fromColumns } from '../../jobs/coded.ts';
import { shownStatus } from '../plan-store.ts';
import { KnownRoutes } from '../known-routes.ts';
import { storedRoutes } from '../stored-routes.ts';
import { CellNames } from './cell-names.ts';

type FileRow = Pick<PlanRow, 'line' | 'number' | 'primary' | 'failover' | 'outcome'> & {
  code: string | null;
  detail: string;
  beforePrimary: string | null;
  beforeFailover: string;
  toPrimary: string;
  toFailover: string;
  reason: string;
  reasonDetail: string;
};
/** A longer cell is shown cut. */
const longestShown = 256;

/** The rows of imported files, as they were read and as they are now. */
export class RowStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The rows of an imported file, or only those that are left out. Those that are left out come first, each part by its lines,
   * unless all are asked for by line.
   */
  planRows(input: {
    id: number;
    problems: boolean;
    byLine?: boolean | undefined;
    offset: number;
    limit: number;
  }): PlanRowsWindow {
    const { id, problems, offset, limit } = input;
    const leftOut = this.#count(
      'SELECT count(*) AS count FROM plan_problem WHERE plan_id = ? AND line > 0',
      id,
    );
    const matching = problems
      ? leftOut
      : this.#count('SELECT count(*) AS count FROM plan_row WHERE plan_id = ?', id);
    const lines = input.byLine && !problems ? this.#lines('1', id, offset, limit) : [];
    if (!input.byLine || problems) {
      lines.push(...this.#problemLines(id, offset, limit));
      if (!problems && lines.length < limit) {
        const good = 'NOT EXISTS (SELECT 1 FROM plan_problem WHERE plan_id = ?1 AND line = plan_row.line)';
        lines.push(...this.#lines(good, id, Math.max(0, offset - leftOut), limit - lines.length));
      }
    }
    const rows = this.#rows(id, lines);
    const meant = this.#meant(id, rows);
    return {
      matching,
      rows: fitting(
        rows.map(
          ({
            code,
            detail,
            beforePrimary,
            beforeFailover,
            toPrimary,
            toFailover,
            reason,
            reasonDetail,
            ...row
          }) => ({
            ...row,
            leftOut: fromColumns(code ?? '', detail),
            reason: fromColumns(reason, reasonDetail),
            number: cut(row.number),
            primary: cut(row.primary),
            failover: cut(row.failover),
            before: beforePrimary === null ? null : { primary: beforePrimary, failover: beforeFailover },
            after: beforePrimary === null ? null : { primary: toPrimary, failover: toFailover },
            meant: meant.get(row.line) ?? null,
          }),
        ),
      ),
    };
  }

  #problemLines(id: number, offset: number, limit: number): number[] {
    return this.#all<{ line: number }>(
      'SELECT line FROM plan_problem WHERE plan_id = ? AND line > 0 ORDER BY line LIMIT ? OFFSET ?',
      ...[id, limit, offset],
    ).map(({ line }) => line);
  }

  #lines(where: string, id: number, offset: number, limit: number): number[] {
    return this.#all<{ line: number }>(
      `SELECT line FROM plan_row WHERE plan_id = ?1 AND ${where} ORDER BY line LIMIT ?2 OFFSET ?3`,
      ...[id, limit, offset],
    ).map(({ line }) => line);
  }

  /** The page first, so that only its rows are joined: CROSS JOIN keeps SQLite to this order. */
  #rows(id: number, lines: readonly number[]): FileRow[] {
    return this.#all<FileRow>(
      `SELECT row.line, number_cell AS "number", primary_cell AS "primary", failover_cell AS failover,
         problem.code, problem.detail, coalesce(item.reason, '') AS reason,
         coalesce(item.reason_detail, 'null') AS reasonDetail,
         CASE WHEN problem.line IS NOT NULL THEN 'problem' ELSE ${shownStatus} END AS outcome,
         before_primary AS beforePrimary, before_failover AS beforeFailover, to_primary AS toPrimary,
         to_failover AS toFailover
       FROM json_each(?2) AS page
       CROSS JOIN plan_row AS row ON row.plan_id = ?1 AND row.line = page.value
       LEFT JOIN plan_item AS item ON item.plan_id = ?1 AND item.number = row.number AND item.line = row.line
       LEFT JOIN plan_problem AS problem ON problem.plan_id = ?1 AND problem.line = row.line
       ORDER BY page.key`,
      ...[id, JSON.stringify(lines)],
    );
  }

  /** For rows of the page that name no listed route: the one that was probably meant, and how often the same was written. */
  #meant(id: number, rows: readonly FileRow[]): Map<number, MeantRoute> {
    const found = new Map<number, MeantRoute>();
    const wrong = rows.filter(({ outcome }) => outcome === 'problem');
    if (wrong.length === 0) return found;
    const names = new CellNames(new KnownRoutes(storedRoutes(this.#database)));
    for (const row of wrong) {
      for (const column of ['primary', 'failover'] as const) {
        const name = found.has(row.line) ? null : names.meant(row[column]);
        if (name !== null) found.set(row.line, { column, written: row[column], name, rows: 0 });
      }
    }
    const counts = this.#countsOf(id, [...new Set([...found.values()].map(({ written }) => written))]);
    for (const [line, one] of found) found.set(line, { ...one, rows: counts.get(one.written) ?? 1 });
    return found;
  }

  /** In how many rows each of these cells stands among the routes: one look through all rows. */
  #countsOf(id: number, written: readonly string[]): Map<string, number> {
    if (written.length === 0) return new Map();
    const rows = this.#all<{ written: string; count: number }>(
      `WITH asked AS (SELECT value FROM json_each(?2))
       SELECT written, count(*) AS count FROM (
         SELECT primary_cell AS written FROM plan_row WHERE plan_id = ?1 AND primary_cell IN asked
         UNION ALL
         SELECT failover_cell FROM plan_row WHERE plan_id = ?1 AND failover_cell IN asked AND failover_cell <> primary_cell
       ) GROUP BY written`,
      ...[id, JSON.stringify(written)],
    );
    return new Map(rows.map(({ written: cell, count }) => [cell, count]));
  }

  #count(sql: string, ...values: (string | number)[]): number {
    return (this.#database.prepare(sql).get(...values) as { count: number }).count;
  }

  #all<T>(sql: string, ...values: (string | number)[]): T[] {
    return this.#database.prepare(sql).all(...values) as T[];
  }
}

function cut(cell: string): string {
  return cell.length > longestShown ? `${cell.slice(0, longestShown - 1)}…` : cell;
}
