import type { NeedSession } from '../app/session.ts';
import type { HandlersOf } from '../contract/contract.ts';

/** Routes, and changes of where numbers point. */
export function routingHandlers(session: NeedSession): HandlersOf<'routes' | 'plans'> {
  return {
    'routes.window': async (input) => (await session().routing).routes.window(input),
    'routes.suggest': async (input) => (await session().routing).routes.suggest(input),
    'routes.refresh': async () => (await session().routing).routes.refresh(),
    'routes.create': async (input) => (await session().routing).routes.create(input),
    'routes.audit': async () => (await session().routing).routes.audit(),
    'routes.primaries': async ({ text }) => (await session().routing).routes.primaries(text),
    'plans.draft': async ({ source }) => (await session().routing).plans.drafts.make(source),
    'plans.import': async (input) => (await session().routing).plans.drafts.import(input),
    'plans.edit': async ({ id, edit }) => (await session().routing).plans.drafts.edit(id, edit),
    'plans.list': async (input) => (await session().routing).plans.list(input),
    'plans.suggest': async (input) => (await session().routing).plans.suggest(input),
    'plans.get': async ({ id }) => (await session().routing).plans.get(id),
    'plans.items': async (input) => (await session().routing).plans.items(input),
    'plans.problems': async (input) => (await session().routing).plans.problems(input),
    'plans.rows': async (input) => (await session().routing).plans.rows(input),
    'plans.check': async ({ id }) => (await session().routing).plans.drafts.check(id),
    'plans.apply': async ({ id, revision }) => (await session().routing).plans.apply(id, revision),
    'plans.pause': async ({ id }) => (await session().routing).plans.pause(id),
    'plans.resume': async ({ id }) => (await session().routing).plans.resume(id),
    'plans.stop': async ({ id }) => (await session().routing).plans.stop(id),
    'plans.setAside': async ({ id }) => (await session().routing).plans.setAside(id),
    'plans.retry': async ({ id }) => (await session().routing).plans.retry(id),
    async 'plans.discard'({ id, keep }) {
      await (await session().routing).plans.drafts.discard(id, keep);
      return null;
    },
    'plans.putBack': async ({ id }) => (await session().routing).plans.drafts.putBack(id),
  };
}
