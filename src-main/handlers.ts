import type { Accounts } from './accounts/accounts.ts';
import type { Events, Handlers } from './contract/contract.ts';
import { failure, toAppError } from './contract/errors.ts';
import type { PhoneNumber } from './contract/model.ts';
import type { EventName } from './contract/names.ts';
import type { AppInfo, NumberDetails } from './contract/views.ts';
import type { Notices } from './notices.ts';
import type { SettingsFile } from './settings.ts';
import type { Workspace } from './workspace.ts';

export type HandlerServices = {
  readonly info: AppInfo;
  readonly accounts: Accounts;
  readonly settings: SettingsFile;
  readonly notices: Notices;
  readonly workspace: Workspace;
  readonly emit: <K extends EventName>(event: K, payload: Events[K]) => void;
};

/** Every method of the contract, in the words of the services. Inputs are validated before they come here. */
export function createHandlers(services: HandlerServices): Handlers {
  const { accounts, settings, notices, workspace, emit } = services;
  return {
    'app.info': () => Promise.resolve(services.info),
    'app.notices': () => Promise.resolve(notices.take()),
    'accounts.get': () => Promise.resolve(accounts.view()),
    async 'accounts.signIn'(input) {
      const profile = await accounts.signIn(input);
      workspace.open(profile);
      void workspace.record({
        kind: 'account',
        text: `Signed in to ${profile.label}`,
        outcome: 'ok',
        numbers: [],
      });
      return accounts.viewOf(profile);
    },
    async 'accounts.tryDemo'() {
      const profile = await accounts.tryDemo();
      workspace.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.switch'({ id }) {
      const profile = await accounts.choose(id);
      workspace.open(profile);
      return accounts.viewOf(profile);
    },
    async 'accounts.rename'({ id, label }) {
      return accounts.viewOf(await accounts.rename(id, label));
    },
    async 'accounts.replaceKeys'(input) {
      const profile = await accounts.replaceKeys(input);
      if (accounts.current?.id === profile.id) await workspace.keysChanged();
      return accounts.viewOf(profile);
    },
    async 'accounts.signOut'({ id, deleteCache }) {
      const wasOpen = accounts.current?.id === id;
      const profile = await accounts.signOut(id);
      if (wasOpen) workspace.open(accounts.current);
      if (deleteCache) await workspace.deleteCache(profile.id);
      return accounts.view();
    },
    async 'numbers.query'(input) {
      return (await workspace.inventory()).query(input);
    },
    'numbers.details': ({ number }) => details(workspace, number as PhoneNumber),
    async 'numbers.routeUse'() {
      return (await workspace.inventory()).routeUse();
    },
    async 'numbers.matching'(input) {
      return (await workspace.inventory()).matching(input);
    },
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
  };
}

type BuyingMethod = Extract<
  keyof Handlers,
  `find.${string}` | `cart.${string}` | `orders.${string}` | 'activity.list'
>;

function buying(workspace: Workspace): Pick<Handlers, BuyingMethod> {
  return {
    'find.areaCodes': async ({ refresh }) => (await workspace.find()).areaCodes(refresh),
    'find.exchanges': async ({ npa, refresh }) => (await workspace.find()).exchanges(npa, refresh),
    'find.start': async ({ text }) => (await workspace.find()).start(text),
    'find.stop': async () => (await workspace.find()).stop(),
    'find.window': async (input) => (await workspace.find()).window(input),
    'find.searches': async () => (await workspace.find()).searches(),
    'find.saveSearch': async ({ text }) => (await workspace.find()).saveSearch(text),
    'find.forgetSearch': async ({ text }) => (await workspace.find()).forgetSearch(text),
    'cart.get': async () => (await workspace.cart()).get(),
    async 'cart.add'({ numbers }) {
      const offers = (await workspace.find()).offers(numbers);
      return (await workspace.cart()).add(offers);
    },
    'cart.remove': async ({ numbers }) => (await workspace.cart()).remove(numbers),
    'cart.setBilling': async ({ number, billing }) => (await workspace.cart()).setBilling(number, billing),
    'cart.check': async () => (await workspace.cart()).check(),
    'orders.review': async () => (await workspace.orders()).review(),
    'orders.buy': async (input) => (await workspace.orders()).buy(input),
    'orders.list': async () => (await workspace.orders()).list(),
    'orders.get': async ({ id }) => (await workspace.orders()).order(id),
    'orders.pause': async ({ id }) => (await workspace.orders()).pause(id),
    'orders.resume': async ({ id }) => (await workspace.orders()).resume(id),
    'orders.stop': async ({ id }) => (await workspace.orders()).stop(id),
    'activity.list': async (input) => (await workspace.journal()).call('activity', input),
  };
}

/** One number as the carrier has it now; the cached row, with the reason, when it cannot be asked. */
async function details(workspace: Workspace, number: PhoneNumber): Promise<NumberDetails> {
  const inventory = await workspace.inventory();
  const cached = await inventory.row(number);
  if (!cached) throw failure('not-found', 'That number is not in the list.', 'Sync, then look again.');
  const stale = (thrown: unknown): NumberDetails => ({
    row: cached,
    fetchedAt: null,
    primaryValue: null,
    failoverValue: null,
    error: toAppError(thrown),
  });
  const carrier = workspace.carrier();
  if (!carrier)
    return stale(failure('signed-out', 'There are no keys to ask the carrier with.', 'Enter keys.'));
  try {
    const fresh = await carrier.getOwned(number);
    const fetchedAt = Date.now();
    await inventory.applyFresh(fresh, fetchedAt);
    return {
      row: (await inventory.row(number)) ?? cached,
      fetchedAt,
      primaryValue: fresh.routes.primary.value ?? null,
      failoverValue: fresh.routes.failover.value ?? null,
      error: null,
    };
  } catch (thrown) {
    return stale(thrown);
  }
}
