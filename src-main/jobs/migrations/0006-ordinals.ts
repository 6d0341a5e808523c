import type { Migration } from '../../platform/storage/sqlite.ts';

/** A random id that no other order or plan of any account has; old ids are far smaller. */
const randomId = 'abs(random() % 281474976710656) + 1099511627776';

/**
 * Ids of orders and plans become random, so that an id of one account means nothing in another. What people read is the
 * ordinal: an order keeps its number, a plan gets one in order of creation. The plan that an undo or a rest comes from is kept by
 * its id, and no longer inside the title.
 */
export const ordinals: Migration = {
  version: 6,
  sql: `
    PRAGMA defer_foreign_keys = ON;
    ALTER TABLE purchase_order ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0;
    CREATE TEMP TABLE new_order (old INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE);
    INSERT INTO new_order SELECT id, ${randomId} FROM purchase_order;
    UPDATE purchase_order SET ordinal = id;
    UPDATE purchase_order SET id = (SELECT id FROM new_order WHERE old = purchase_order.id);
    UPDATE order_item SET order_id = (SELECT id FROM new_order WHERE old = order_item.order_id);
    DROP TABLE new_order;
    CREATE UNIQUE INDEX purchase_order_ordinal ON purchase_order (ordinal);

    ALTER TABLE plan ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0;
    -- The plan that this one undoes or goes on with.
    ALTER TABLE plan ADD COLUMN of_id INTEGER REFERENCES plan (id) ON DELETE SET NULL;
    CREATE TEMP TABLE new_plan (old INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, ordinal INTEGER NOT NULL);
    INSERT INTO new_plan SELECT id, ${randomId}, row_number() OVER (ORDER BY id) FROM plan;
    UPDATE plan SET ordinal = (SELECT ordinal FROM new_plan WHERE old = plan.id),
      of_id = (SELECT id FROM new_plan WHERE plan.title IN ('Undo of plan ' || old, 'Rest of plan ' || old));
    UPDATE plan SET title = '' WHERE of_id IS NOT NULL;
    UPDATE plan SET id = (SELECT id FROM new_plan WHERE old = plan.id);
    UPDATE plan_item SET plan_id = (SELECT id FROM new_plan WHERE old = plan_item.plan_id);
    UPDATE plan_problem SET plan_id = (SELECT id FROM new_plan WHERE old = plan_problem.plan_id);
    UPDATE plan_row SET plan_id = (SELECT id FROM new_plan WHERE old = plan_row.plan_id);

    -- The record says the same of the same plan, by the name it has from now on.
    DROP TRIGGER activity_is_kept;
    UPDATE activity SET text = replace(text, 'Plan ' || old || ' (', 'Change ' || ordinal || ' (')
      FROM new_plan WHERE text LIKE 'Plan ' || old || ' (%';
    UPDATE activity SET text = replace(text, ' of plan ' || old || ')', ' of Change ' || ordinal || ')')
      FROM new_plan WHERE text LIKE 'Change %of plan ' || old || ')%';
    CREATE TRIGGER activity_is_kept BEFORE UPDATE ON activity BEGIN SELECT raise(ABORT, 'activity is append-only'); END;
    DROP TABLE new_plan;
    CREATE UNIQUE INDEX plan_ordinal ON plan (ordinal);
  `,
};
