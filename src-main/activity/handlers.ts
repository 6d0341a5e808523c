import type { NeedSession } from '../app/session.ts';
import { activityQuery } from '../contract/activity-query.ts';
import type { HandlersOf } from '../contract/contract.ts';
import { readListQuery } from '../contract/list-query.ts';
import type { Journal } from '../journal/open.ts';
import { needsTouched } from './activity-filter.ts';
import type { Touched } from './touched.ts';

/** What happened in an account. */
export function activityHandlers(session: NeedSession): HandlersOf<'activity'> {
  return {
    async 'activity.list'(input) {
      const journal = await session().journal;
      const now = Date.now();
      for (const what of needsTouched(readListQuery(activityQuery, input.text, now).clauses))
        await learn(journal, what);
      return journal.activity.activity({ ...input, now });
    },
    async 'activity.suggest'(input) {
      const journal = await session().journal;
      await learn(journal, 'route');
      return journal.activity.suggestActivity({ ...input, now: Date.now() });
    },
    'activity.numbers': async ({ id, part }) => (await session().journal).activity.activityNumbers(id, part),
  };
}

/** In many calls: whatever else the record is asked meanwhile need not wait for all of them. */
async function learn(journal: Journal, what: Touched): Promise<void> {
  while (!(await journal.activity.learnTouched(what)));
}
