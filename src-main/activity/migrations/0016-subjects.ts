import type { Database, Migration } from '../../platform/storage/sqlite.ts';
import { rewriteActivity } from '../rewrite.ts';

type Subject = {
  readonly kind: 'order' | 'plan';
  readonly id: number;
  readonly at: number;
  readonly name: string;
};
type Plan = {
  id: number;
  at: number;
  ordinal: number;
  kind: string;
  title: string;
  ofOrdinal: number | null;
};

/** What sentences of before call the orders and changes of a journal, by the words that name and number them. */
function subjectsOf(database: Database): ReadonlyMap<string, Subject> {
  const orders = database.prepare('SELECT id, created_at AS at, ordinal FROM purchase_order').all() as {
    id: number;
    at: number;
    ordinal: number;
  }[];
  const plans = database
    .prepare(
      `SELECT id, created_at AS at, ordinal, kind, title,
         (SELECT ordinal FROM plan AS first WHERE first.id = plan.of_id) AS ofOrdinal FROM plan`,
    )
    .all() as Plan[];
  const titleOf = ({ kind, title, ofOrdinal }: Plan) =>
    title ||
    `${kind === 'undo' ? 'Undo' : 'Rest'} of ${ofOrdinal === null ? 'an earlier change' : `Change ${ofOrdinal}`}`;
  const subjects = new Map<string, Subject>();
  for (const { id, at, ordinal } of orders)
    subjects.set(`Order ${ordinal}`, { kind: 'order', id, at, name: `Order ${ordinal}` });
  for (const plan of plans) {
    const [{ id, at }, called] = [plan, `Change ${plan.ordinal}`];
    subjects.set(called, { kind: 'plan', id, at, name: `${called} (${titleOf(plan)})` });
  }
  return subjects;
}

/**
 * An entry says which order or change it is about, and no longer inside its text, which goes on after the name. Of entries of before
 * the name tells it, where there is such an order or change and it was made before: an ordinal may be that of another one since a
 * damaged record was put together again. Where it is not found, the text stays whole.
 */
export const activitySubjects: Migration = {
  version: 16,
  sql: `
    ALTER TABLE activity ADD COLUMN about_kind TEXT;
    ALTER TABLE activity ADD COLUMN about_id INTEGER;
    CREATE INDEX activity_about ON activity (about_kind, about_id) WHERE about_id IS NOT NULL;
  `,
  run(database) {
    const subjects = subjectsOf(database);
    const entries = database.prepare('SELECT id, at, text FROM activity').all() as {
      id: number;
      at: number;
      text: string;
    }[];
    const update = database.prepare(
      'UPDATE activity SET about_kind = ?, about_id = ?, text = ? WHERE id = ?',
    );
    rewriteActivity(database, () => {
      for (const { id, at, text } of entries) {
        const [called = ''] = /^(?:Order|Change) \d+/.exec(text) ?? [];
        const subject = subjects.get(called);
        if (!subject || subject.at > at || !text.startsWith(subject.name)) continue;
        update.run(subject.kind, subject.id, text.slice(subject.name.length), id);
      }
    });
  },
};
