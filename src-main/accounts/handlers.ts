import type { NewActivity } from '../activity/activity-store.ts';
import type { Sessions } from '../app/sessions.ts';
import type { Notices } from '../app/notices.ts';
import type { EmitEvent, HandlersOf } from '../contract/contract.ts';
import { apiName, namesOf } from '../contract/accounts.ts';
import { toAppError } from '../contract/errors.ts';
import { plainReason } from '../contract/plain-reason.ts';
import type { Moving } from '../moving/moving.ts';
import type { Twins } from '../moving/twins.ts';
import type { Accounts } from './accounts.ts';
import { movedWords } from './move-words.ts';

export type AccountServices = {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** Loaded when somebody moves or joins accounts. */
  readonly moving: () => Promise<Moving>;
  readonly twins: Twins;
  readonly notices: Notices;
  readonly emit: EmitEvent;
};

/** Accounts of this computer: which there are, which one is open, and their keys. */
export function accountHandlers(services: AccountServices): HandlersOf<'accounts'> {
  const { accounts, sessions, notices, emit } = services;
  const entry = (outcome: NewActivity['outcome'], text: string) =>
    ({ kind: 'account', text, outcome, numbers: [] }) as const;
  const note = (outcome: NewActivity['outcome'], text: string) => {
    void sessions.record(entry(outcome, text));
  };
  const failed = (what: string) => (thrown: unknown) => {
    note('failed', `${what}: ${plainReason(toAppError(thrown))}`);
    throw thrown;
  };
  return {
    'accounts.get': () => Promise.resolve(accounts.view()),
    async 'accounts.signIn'(input) {
      const profile = await accounts.signIn(input).catch(failed('A sign-in failed'));
      sessions.open(profile);
      note('ok', `Signed in to ${profile.label} with ${apiName(profile.kind)}`);
      return accounts.viewOf(profile);
    },
    async 'accounts.tryDemo'() {
      const profile = await accounts.tryDemo();
      if (!sessions.isOpen(profile.id)) sessions.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.switch'({ id }) {
      const profile = await accounts.choose(id);
      // Choosing the account that is open already must not close and open it: that would end its order or its search.
      if (!sessions.isOpen(id)) sessions.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.rename'({ id, label }) {
      return accounts.viewOf(await accounts.rename(id, label));
    },
    async 'accounts.setBudget'({ id, atMost }) {
      return accounts.viewOf(await accounts.setBudget(id, atMost));
    },
    async 'accounts.replaceKeys'(input) {
      const profile = await accounts
        .replaceKeys(input, (carrier) => sessions.needSameAccount(input.id, carrier))
        .catch(failed('New keys were not accepted'));
      note('ok', `The keys of ${profile.label} were replaced`);
      if (sessions.isOpen(profile.id)) await sessions.keysChanged();
      else if (accounts.current?.id === profile.id) sessions.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.move'({ id, api }) {
      const { moves } = await services.moving();
      const moved = await moves.move(id, api).catch(failed(`A move to API ${api} failed`));
      notices.keep(moved.names.length > 0 ? 'warning' : 'info', movedWords(moved));
      emit('restored', { accounts: 1 });
      return moved;
    },
    async 'accounts.join'({ id, keep }) {
      const { joins } = await services.moving();
      const joined = await joins.join(keep, id).catch(failed('Joining two accounts failed'));
      const [kept, gone] = namesOf(joined.keep, joined.gone);
      notices.keep(
        'info',
        `${gone} and ${kept} are one account here now, called ${joined.keep.label}. The key of ${gone} was removed from this computer.`,
      );
      emit('restored', { accounts: 1 });
      return accounts.view();
    },
    async 'accounts.tellApart'({ id, other }) {
      await services.twins.tellApart(id, other);
      return accounts.view();
    },
    async 'accounts.signOut'({ id, deleteCache }) {
      const wasOpen = sessions.isOpen(id);
      try {
        await accounts.signOut(id, async ({ label }) => {
          await sessions.record(entry('ok', `Signed out of ${label}`));
          if (wasOpen) await sessions.close();
          // Before the account leaves the list: what could not be deleted is deleted by signing out again.
          if (deleteCache) await sessions.deleteCache(id);
        });
      } catch (thrown) {
        failed('Signing out did not end')(thrown);
      } finally {
        if (wasOpen && !sessions.isOpen(id)) sessions.open(accounts.current);
      }
      return accounts.view();
    },
  };
}
