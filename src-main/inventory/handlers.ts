import type { Session, NeedSession } from '../app/session.ts';
import { detailsOf } from '../carrier/details.ts';
import type { HandlersOf } from '../contract/contract.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import type { NumberDetails } from '../contract/numbers.ts';

/** The list: what it has, what a number is now, and its tags. */
export function inventoryHandlers(session: NeedSession): HandlersOf<'numbers' | 'tags'> {
  return {
    async 'numbers.query'(input) {
      const open = session();
      const window = await (await open.inventory).query(input);
      open.look(window);
      return window;
    },
    'numbers.groups': async (input) => (await session().inventory).groups(input),
    'numbers.details': async ({ number }) => details(session(), number as PhoneNumber),
    async 'numbers.matching'(input) {
      return (await session().inventory).matchingPage(input);
    },
    async 'numbers.rows'({ numbers }) {
      return (await session().inventory).rows(numbers);
    },
    async 'numbers.keep'({ numbers }) {
      return (await session().inventory).keepNumbers(numbers);
    },
    async 'numbers.keptMissing'({ id }) {
      return { numbers: await (await session().inventory).keptMissing(id) };
    },
    async 'numbers.suggest'({ text, typed }) {
      return (await session().inventory).suggest(text, typed);
    },
    async 'numbers.among'({ text, numbers }) {
      return (await session().inventory).among(text, numbers);
    },
    'tags.names': async () => (await session().tags).names(),
    'tags.change': async (input) => (await session().tags).change(input),
    'tags.changeSeveral': async (input) => (await session().tags).changeSeveral(input),
    'tags.undo': async ({ id }) => (await session().tags).undo(id),
  };
}

/** One number as the carrier has it now; the cached row, with the reason, when it cannot be asked. */
async function details(session: Session, number: PhoneNumber): Promise<NumberDetails> {
  const inventory = await session.inventory;
  const cached = await inventory.row(number);
  if (!cached) throw failure('not-found', 'That number is not in the list.', 'Sync, then look again.');
  const bought = await (await session.journal).prices.learnedOf(number).catch(() => null);
  const stale = (thrown: unknown): NumberDetails => ({
    row: cached,
    fetchedAt: null,
    primaryValue: null,
    failoverValue: null,
    bought,
    error: toAppError(thrown),
  });
  const carrier = session.carrier();
  if (!carrier)
    return stale(failure('signed-out', 'There are no keys to ask the carrier with.', 'Enter keys.'));
  try {
    const askedAt = Date.now();
    const fresh = await detailsOf(carrier, number, { soon: true });
    const fetchedAt = Date.now();
    await inventory.applyFresh([fresh], askedAt);
    return {
      row: (await inventory.row(number)) ?? cached,
      fetchedAt,
      primaryValue: fresh.routes.primary?.value ?? null,
      failoverValue: fresh.routes.failover?.value ?? null,
      bought,
      error: null,
    };
  } catch (thrown) {
    return stale(thrown);
  }
}
