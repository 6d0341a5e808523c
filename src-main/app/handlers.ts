import type { Accounts } from '../accounts/accounts.ts';
import type { CommandId } from '../contract/commands.ts';
import type { Events, Handlers } from '../contract/contract.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import type { EventName } from '../contract/contract.ts';
import { plainReason } from '../contract/plain-reason.ts';
import type { AccountsView } from '../contract/accounts.ts';
import type { AppInfo, Reveal } from '../contract/app.ts';
import type { NumberDetails } from '../contract/numbers.ts';
import { diagnose } from './diagnostics.ts';
import type { Backups } from '../backup/backups.ts';
import type { Restores } from '../backup/restores.ts';
import type { Transfers } from '../backup/transfers.ts';
import type { Notices } from './notices.ts';
import type { SettingsFile } from './settings.ts';
import type { Workspace } from './workspace.ts';

export type HandlerServices = {
  readonly info: () => AppInfo;
  readonly accounts: Accounts;
  readonly settings: SettingsFile;
  readonly notices: Notices;
  readonly workspace: Workspace;
  readonly takeCommands: () => readonly CommandId[];
  readonly backups: Backups;
  readonly restores: Restores;
  readonly transfers: Transfers;
  readonly deleteEverything: () => Promise<AccountsView>;
  readonly emit: <K extends EventName>(event: K, payload: Events[K]) => void;
};

/** Every method of the contract, in the words of the services. Inputs are validated before they come here. */
export function createHandlers(services: HandlerServices): Handlers {
  const { accounts, settings, notices, workspace, emit } = services;
  let pending: Reveal | null = null;
  const entry = (outcome: 'ok' | 'failed', text: string) =>
    ({ kind: 'account', text, outcome, numbers: [] }) as const;
  const note = (outcome: 'ok' | 'failed', text: string) => {
    void workspace.record(entry(outcome, text));
  };
  const failed = (what: string) => (thrown: unknown) => {
    note('failed', `${what}: ${plainReason(toAppError(thrown))}`);
    throw thrown;
  };
  return {
    'app.info': () => Promise.resolve(services.info()),
    'app.notices': () => Promise.resolve(notices.take()),
    'app.busy': () => workspace.busy(),
    async 'app.diagnostics'() {
      const sync = await workspace.syncStatus();
      const numbers = await workspace.size();
      const about = { info: services.info(), accounts: accounts.view(), settings: settings.value };
      return {
        text: await diagnose({ ...about, sync, numbers, odd: workspace.carrier()?.oddRecords() ?? {} }),
      };
    },
    'app.deleteEverything': () => services.deleteEverything(),
    'shell.commands': () => Promise.resolve(services.takeCommands()),
    'backup.make': () => services.backups.make(),
    'backup.read': ({ id, offset }) => services.backups.read(id, offset),
    async 'backup.end'({ id }) {
      await services.transfers.end(id);
      return null;
    },
    'restore.begin': () => services.restores.begin(),
    async 'restore.add'({ id, offset, base64 }) {
      await services.restores.add(id, offset, Buffer.from(base64, 'base64'));
      return null;
    },
    'restore.preview': ({ id }) => services.restores.preview(id),
    async 'restore.apply'({ id, way }) {
      const restored = await services.restores.apply(id, way);
      const { accounts: count } = restored;
      const accountsSaid = `${count} ${count === 1 ? 'account' : 'accounts'}`;
      const kept = restored.keptAs
        ? ` The records of before are kept beside the new ones as ${restored.keptAs}.`
        : '';
      notices.keep('info', `The backup was restored: ${accountsSaid}.${kept}`);
      note('ok', `A backup was restored (${way === 'merge' ? 'merged' : 'replaced'})`);
      emit('settings', settings.value);
      emit('restored', { accounts: count });
      return restored;
    },
    async 'restore.end'({ id }) {
      await services.restores.end(id);
      return null;
    },
    'shell.run': ({ id }) => {
      emit('shell', { id });
      return Promise.resolve(null);
    },
    'shell.reveal': (reveal) => {
      pending = reveal.number === null ? null : reveal;
      emit('reveal', reveal);
      return Promise.resolve(null);
    },
    'shell.take': () => {
      const taken = pending;
      pending = null;
      return Promise.resolve(taken);
    },
    'accounts.get': () => Promise.resolve(accounts.view()),
    async 'accounts.signIn'(input) {
      const profile = await accounts.signIn(input).catch(failed('A sign-in failed'));
      workspace.open(profile);
      note('ok', `Signed in to ${profile.label}`);
      return accounts.viewOf(profile);
    },
    async 'accounts.tryDemo'() {
      const profile = await accounts.tryDemo();
      if (!workspace.isOpen(profile.id)) workspace.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.switch'({ id }) {
      const profile = await accounts.choose(id);
      // Choosing what is open already must not end its order or its search.
      if (!workspace.isOpen(id)) workspace.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.rename'({ id, label }) {
      return accounts.viewOf(await accounts.rename(id, label));
    },
    async 'accounts.replaceKeys'(input) {
      const profile = await accounts
        .replaceKeys(input, (carrier) => workspace.needSameAccount(input.id, carrier))
        .catch(failed('New keys were not accepted'));
      note('ok', `The keys of ${profile.label} were replaced`);
      if (workspace.isOpen(profile.id)) await workspace.keysChanged();
      else if (accounts.current?.id === profile.id) workspace.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.signOut'({ id, deleteCache }) {
      const wasOpen = workspace.isOpen(id);
      try {
        await accounts.signOut(id, async ({ label }) => {
          await workspace.record(entry('ok', `Signed out of ${label}`));
          if (wasOpen) await workspace.close();
          // Before the account leaves the list: what could not be deleted is deleted by signing out again.
          if (deleteCache) await workspace.deleteCache(id);
        });
      } catch (thrown) {
        failed('Signing out did not end')(thrown);
      } finally {
        if (wasOpen && !workspace.isOpen(id)) workspace.open(accounts.current);
      }
      return accounts.view();
    },
    async 'numbers.query'(input) {
      return (await workspace.inventory()).query(input);
    },
    'numbers.details': ({ number }) => details(workspace, number as PhoneNumber),
    async 'numbers.routeUse'({ after = '' }) {
      return (await workspace.inventory()).routeUsePage(after);
    },
    async 'numbers.matching'(input) {
      return (await workspace.inventory()).matchingPage(input);
    },
    async 'numbers.rows'({ numbers }) {
      return (await workspace.inventory()).rows(numbers);
    },
    async 'numbers.keep'({ numbers }) {
      return (await workspace.inventory()).keepNumbers(numbers);
    },
    async 'numbers.keptMissing'({ id }) {
      return { numbers: await (await workspace.inventory()).keptMissing(id) };
    },
    async 'numbers.among'({ text, numbers }) {
      return (await workspace.inventory()).among(text, numbers);
    },
    'tags.names': async () => (await workspace.tags()).names(),
    'tags.change': async (input) => (await workspace.tags()).change(input),
    'tags.undo': async ({ id }) => (await workspace.tags()).undo(id),
    'sync.status': () => workspace.syncStatus(),
    async 'sync.start'() {
      const sync = await workspace.sync();
      void sync.start('manual');
      return sync.status();
    },
    async 'sync.cancel'() {
      const sync = await workspace.sync();
      sync.cancel();
      return sync.status();
    },
    'settings.get': () => Promise.resolve(settings.value),
    async 'settings.set'(input) {
      const value = await settings.set(input);
      emit('settings', value);
      if (accounts.current) (await workspace.sync()).schedule();
      return value;
    },
    ...buying(workspace),
    ...routing(workspace),
  };
}

type BuyingMethod = Extract<
  keyof Handlers,
  `find.${string}` | `cart.${string}` | `orders.${string}` | `activity.${string}`
>;

function buying(workspace: Workspace): Pick<Handlers, BuyingMethod> {
  return {
    'find.areaCodes': async ({ refresh }) => (await workspace.find()).areaCodes(refresh),
    'find.exchanges': async ({ npa, refresh }) => (await workspace.find()).exchanges(npa, refresh),
    'find.start': async ({ text, replaces }) => (await workspace.find()).start(text, replaces),
    'find.note': async ({ text }) => (await workspace.find()).note(text),
    'find.stop': async ({ id }) => (await workspace.find()).stop(id),
    'find.window': async (input) => (await workspace.find()).window(input),
    'find.among': async (input) => (await workspace.find()).among(input),
    'find.searches': async () => (await workspace.find()).searches(),
    'find.saveSearch': async ({ text }) => (await workspace.find()).saveSearch(text),
    'find.forgetSearch': async ({ text }) => (await workspace.find()).forgetSearch(text),
    'cart.get': async () => (await workspace.cart()).get(),
    'cart.items': async ({ offset, limit }) => (await workspace.cart()).items(offset, limit),
    async 'cart.add'({ numbers }) {
      const offers = (await workspace.find()).offers(numbers);
      return (await workspace.cart()).add(offers);
    },
    'cart.remove': async ({ numbers }) => (await workspace.cart()).remove(numbers),
    'cart.setBilling': async ({ number, billing }) => (await workspace.cart()).setBilling(number, billing),
    'cart.check': async ({ view }) => (await workspace.cart()).check(view),
    'cart.stopCheck': async ({ view }) => (await workspace.cart()).stopCheck(view),
    'cart.removeGone': async () => (await workspace.cart()).removeGone(),
    'orders.review': async ({ view }) => (await workspace.orders()).review(view),
    'orders.reviewItems': async ({ token, offset, limit }) =>
      (await workspace.orders()).reviewItems(token, offset, limit),
    'orders.buy': async (input) => (await workspace.orders()).buy(input),
    'orders.list': async ({ offset = 0 }) => (await workspace.orders()).page(offset),
    'orders.get': async ({ id }) => (await workspace.orders()).order(id),
    'orders.items': async (input) => (await workspace.journal()).orders.orderItems(input),
    'orders.reasons': async ({ id }) => (await workspace.journal()).orders.orderReasons(id),
    'orders.pause': async ({ id }) => (await workspace.orders()).pause(id),
    'orders.resume': async ({ id, agreed }) => (await workspace.orders()).resume(id, agreed),
    'orders.stop': async ({ id }) => (await workspace.orders()).stop(id),
    'orders.setAside': async ({ id }) => (await workspace.orders()).setAside(id),
    'activity.list': async (input) => (await workspace.journal()).activity.activity(input),
    'activity.numbers': async ({ id, part }) =>
      (await workspace.journal()).activity.activityNumbers(id, part),
  };
}

type RoutingMethod = Extract<keyof Handlers, `routes.${string}` | `plans.${string}`>;

function routing(workspace: Workspace): Pick<Handlers, RoutingMethod> {
  return {
    'routes.window': async (input) => (await workspace.routes()).window(input),
    'routes.refresh': async () => (await workspace.routes()).refresh(),
    'routes.create': async (input) => (await workspace.routes()).create(input),
    'routes.audit': async () => (await workspace.routes()).audit(),
    'plans.draft': async ({ source }) => (await workspace.plans()).draft(source),
    'plans.import': async (input) => (await workspace.plans()).import(input),
    'plans.edit': async ({ id, edit }) => (await workspace.plans()).edit(id, edit),
    'plans.list': async (input) => (await workspace.plans()).list(input),
    'plans.get': async ({ id }) => (await workspace.plans()).get(id),
    'plans.items': async (input) => (await workspace.journal()).plans.planItems(input),
    'plans.problems': async (input) => (await workspace.journal()).plans.planProblems(input),
    'plans.rows': async (input) => (await workspace.journal()).fileRows.planRows(input),
    'plans.check': async ({ id }) => (await workspace.plans()).check(id),
    'plans.apply': async ({ id, revision }) => (await workspace.plans()).apply(id, revision),
    'plans.pause': async ({ id }) => (await workspace.plans()).pause(id),
    'plans.resume': async ({ id }) => (await workspace.plans()).resume(id),
    'plans.stop': async ({ id }) => (await workspace.plans()).stop(id),
    'plans.setAside': async ({ id }) => (await workspace.plans()).setAside(id),
    'plans.retry': async ({ id }) => (await workspace.plans()).retry(id),
    async 'plans.discard'({ id }) {
      await (await workspace.plans()).discard(id);
      return null;
    },
  };
}

/** One number as the carrier has it now; the cached row, with the reason, when it cannot be asked. */
async function details(workspace: Workspace, number: PhoneNumber): Promise<NumberDetails> {
  const inventory = await workspace.inventory();
  const cached = await inventory.row(number);
  if (!cached) throw failure('not-found', 'That number is not in the list.', 'Sync, then look again.');
  const bought = await (await workspace.journal()).orders.learnedOf(number).catch(() => null);
  const stale = (thrown: unknown): NumberDetails => ({
    row: cached,
    fetchedAt: null,
    primaryValue: null,
    failoverValue: null,
    bought,
    error: toAppError(thrown),
  });
  const carrier = workspace.carrier();
  if (!carrier)
    return stale(failure('signed-out', 'There are no keys to ask the carrier with.', 'Enter keys.'));
  try {
    const askedAt = Date.now();
    const fresh = await carrier.getOwned(number);
    const fetchedAt = Date.now();
    await inventory.applyFresh([fresh], askedAt);
    return {
      row: (await inventory.row(number)) ?? cached,
      fetchedAt,
      primaryValue: fresh.routes.primary.value ?? null,
      failoverValue: fresh.routes.failover.value ?? null,
      bought,
      error: null,
    };
  } catch (thrown) {
    return stale(thrown);
  }
}
