import type { LeftOut } from '../contract/left-out.ts';
import type { PlanKind } from '../contract/routing.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import type { PlanWait } from '../contract/job-words.ts';
import { toColumns } from '../jobs/coded.ts';
import { reviseDraft } from './draft-store.ts';
import { builtinType, noRoute } from '../contract/model.ts';
import {
  fitsGuess,
  guessed,
  isHalf,
  keepFailover,
  keepPrimary,
  notRead,
  oneWord,
  samePair,
  targetOf,
  withClearSides,
  type Pair,
} from './pairs.ts';

/** The pair the carrier has; null when it says the number is not there, or for the reason in `why`. */
export type FreshPair = { readonly number: string; readonly pair: Pair | null; readonly why?: LeftOut };

type StoredItem = { keep: number; first: string; second: string; toFirst: string; toSecond: string };

/** A side that is kept and is not among the listed routes: every change of the number would be refused for it. */
const missing = (side: 'primary' | 'failover') =>
  `(keep & ${side === 'primary' ? keepPrimary : keepFailover} AND to_${side} <> ''
    AND to_${side} NOT IN (SELECT name FROM route))`;
const keepsMissing = `plan_id = ?1 AND status = 'planned' AND EXISTS (SELECT 1 FROM route)
  AND (${missing('primary')} OR ${missing('failover')})`;

/** What the comparison of a draft with the carrier finds and writes down. */
export class CheckStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The next numbers of a draft after this one, in their order, for its comparison. */
  draftItems(id: number, after: string, limit: number): string[] {
    const rows = this.#database
      .prepare(
        `SELECT number FROM plan_item WHERE plan_id = ? AND number > ? AND (status = 'planned' OR already = 1)
         ORDER BY number LIMIT ?`,
      )
      .all(id, after, limit) as { number: string }[];
    return rows.map((row) => row.number);
  }

  /**
   * Compares numbers of a draft with what the carrier has: what changed since the last sync is flagged, what is right already
   * is marked so, what is gone leaves the plan. `halves`: the two routes of a number do not change together. An undo also leaves alone what was changed since. `endCheck` comes last.
   */
  checkPlan(id: number, fresh: readonly FreshPair[], halves = false): void {
    const find = this.#database.prepare(
      `SELECT keep, line, before_primary AS first, before_failover AS second, to_primary AS toFirst,
         to_failover AS toSecond FROM plan_item
       WHERE plan_id = ? AND number = ? AND (status = 'planned' OR already = 1)`,
    );
    const remove = this.#database.prepare('DELETE FROM plan_item WHERE plan_id = ? AND number = ?');
    const leaveOut = this.#database.prepare(
      'INSERT INTO plan_problem (plan_id, line, number, code, detail) VALUES (?, ?, ?, ?, ?)',
    );
    const set = this.#database.prepare(
      `UPDATE plan_item SET keep = keep & ~${notRead | oneWord | guessed}, status = ?, already = ?, flagged = max(flagged, ?), before_primary = ?,
         before_failover = ?, to_primary = ?, to_failover = ? WHERE plan_id = ? AND number = ?`,
    );
    const phase = this.#database.prepare('SELECT kind, phase FROM plan WHERE id = ?').get(id) as
      { kind: PlanKind; phase: string } | undefined;
    if (phase?.phase !== 'draft') return;
    const { builtin } = this.#database
      .prepare('SELECT max(name) AS builtin FROM route WHERE type = ?')
      .get(builtinType) as { builtin: string | null };
    transaction(this.#database, () => {
      reviseDraft(this.#database, id);
      for (const { number, pair, why } of fresh) {
        const item = find.get(id, number) as (StoredItem & { line: number }) | undefined;
        if (!item) continue;
        const leave = (left: LeftOut) => {
          remove.run(id, number);
          leaveOut.run(id, item.line, number, ...toColumns(left));
        };
        if (!pair) {
          leave(why ?? { code: 'not-owned', detail: null });
          continue;
        }
        const planned = {
          keep: item.keep,
          before: { primary: item.first, failover: item.second },
          to: { primary: item.toFirst, failover: item.toSecond },
        };
        const { before, ...wanted } = withClearSides(planned, pair, builtin ?? noRoute);
        const to = targetOf(wanted, pair);
        const right = samePair(to, pair);
        if (!right && to.primary === noRoute) {
          leave({ code: phase.kind === 'undo' ? 'had-no-primary' : 'without-primary', detail: null });
          continue;
        }
        const since = !samePair(pair, before) && !(halves && isHalf(pair, before, to));
        if (!right && phase.kind === 'undo' && since) {
          leave({ code: 'changed-since', detail: { primary: pair.primary, failover: pair.failover } });
          continue;
        }
        // What was never read before cannot have changed since.
        const known = samePair(pair, before) || (item.keep & guessed && fitsGuess(pair, before));
        const flagged = !right && !(item.keep & notRead) && !known;
        const pairs = [pair.primary, pair.failover, to.primary, to.failover];
        set.run(right ? 'same' : 'planned', right ? 1 : 0, flagged ? 1 : 0, ...pairs, id, number);
      }
    });
  }

  /** How many numbers of a draft would keep a route that the carrier does not list. */
  keepsMissing(id: number): number {
    const { count } = this.#database
      .prepare(`SELECT count(*) AS count FROM plan_item WHERE ${keepsMissing}`)
      .get(id) as { count: number };
    return count;
  }

  /** Takes them out of the draft, each with the route it would keep. */
  leaveOutMissing(id: number): void {
    transaction(this.#database, () => {
      reviseDraft(this.#database, id);
      const isDraft = "EXISTS (SELECT 1 FROM plan WHERE id = ?1 AND phase = 'draft')";
      this.#database
        .prepare(
          `INSERT INTO plan_problem (plan_id, line, number, code, detail)
           SELECT ?1, line, number, 'kept-route-gone',
             json_object('route', CASE WHEN ${missing('primary')} THEN to_primary ELSE to_failover END)
           FROM plan_item WHERE ${keepsMissing} AND ${isDraft}`,
        )
        .run(id);
      this.#database.prepare(`DELETE FROM plan_item WHERE ${keepsMissing} AND ${isDraft}`).run(id);
    });
  }

  /** Every number was compared; `at` (Unix milliseconds) is when that began. */
  endCheck(id: number, at: number): void {
    this.#database
      .prepare(
        `UPDATE plan SET checked_at = ?, waiting = '', already_right =
           (SELECT count(*) FROM plan_item WHERE plan_id = plan.id AND already = 1)
         WHERE id = ? AND phase = 'draft'`,
      )
      .run(at, id);
  }

  /** Says beside a draft why it waits; a plan that is no draft any more is left as it is. */
  noteDraft(id: number, waiting: PlanWait): void {
    this.#database
      .prepare("UPDATE plan SET waiting = ?, waiting_detail = ? WHERE id = ? AND phase = 'draft'")
      .run(...toColumns(waiting), id);
  }
}
