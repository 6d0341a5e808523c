import type { NeedSession } from '../app/session.ts';
import type { HandlersOf } from '../contract/contract.ts';
import { sliceMs } from '../platform/storage/slices.ts';

/** What happened in an account. */
export function activityHandlers(session: NeedSession): HandlersOf<'activity'> {
  return {
    async 'activity.list'(input) {
      const { activity } = await session().journal;
      const asked = { ...input, now: Date.now() };
      while (!(await activity.prepare(asked, sliceMs)));
      return activity.activity(asked);
    },
    async 'activity.suggest'(input) {
      const { activity } = await session().journal;
      const asked = { ...input, now: Date.now() };
      while (!(await activity.prepare({ ...asked, suggests: true }, sliceMs)));
      return activity.suggestActivity(asked);
    },
    'activity.numbers': async ({ id, part }) => (await session().journal).activity.activityNumbers(id, part),
  };
}
