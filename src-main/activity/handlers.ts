import type { NeedSession } from '../app/session.ts';
import type { HandlersOf } from '../contract/contract.ts';

/** What happened in an account. */
export function activityHandlers(session: NeedSession): HandlersOf<'activity'> {
  return {
    'activity.list': async (input) => (await session().journal).activity.activity(input),
    'activity.numbers': async ({ id, part }) => (await session().journal).activity.activityNumbers(id, part),
  };
}
