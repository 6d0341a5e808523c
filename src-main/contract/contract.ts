/**
 * The one table of what the renderer may ask and be told. The client, the preload, the browser host's
 * client and the handler map all derive from it: a missing or an extra handler does not compile.
 */
import type { z } from 'zod';
import type { BackupMade, BackupPiece, Restored, RestorePreview } from './backup.ts';
import type {
  ActivityWindow,
  AreaCodesView,
  CartItemsWindow,
  CartView,
  ExchangesView,
  FindStatus,
  OffersWindow,
  OrderItemsWindow,
  OrderReason,
  OrderReview,
  OrderSummary,
  SavedSearch,
} from './buying.ts';
import type { CommandId, DesktopCommandId } from './commands.ts';
import type { Result } from './errors.ts';
import type { inputs } from './inputs.ts';
import type { Imported } from './importing.ts';
import type { Route } from './model.ts';
import type { EventName, MethodName } from './names.ts';
import type {
  AuditView,
  PlanItemsWindow,
  PlanProblemsWindow,
  PlanRowsWindow,
  PlansWindow,
  PlanSummary,
  PlanView,
  RoutesRefreshed,
  RoutesWindow,
} from './routing.ts';
import type {
  AccountView,
  AccountsView,
  AppInfo,
  MatchingPage,
  Notice,
  NumberDetails,
  NumberRow,
  NumbersWindow,
  Reveal,
  RouteUse,
  Settings,
  SyncStatus,
  TagUse,
} from './views.ts';

export type Inputs = { [K in MethodName]: z.infer<(typeof inputs)[K]> };

export type Outputs = {
  'app.info': AppInfo;
  'app.notices': readonly Notice[];
  /** True while an order or a change of routes of the open account sends requests: leaving the account pauses it. */
  'app.busy': boolean;
  /** A report for whoever helps, without keys, numbers, names of people or accounts. */
  'app.diagnostics': { readonly text: string };
  /** Signs every account out and deletes all that was kept on this computer. Refused while an order or a plan runs. */
  'app.deleteEverything': AccountsView;
  /** One file of everything but keys, of all accounts; it is read in pieces and kept until `backup.end`. */
  'backup.make': BackupMade;
  'backup.read': BackupPiece;
  'backup.end': null;
  'restore.begin': { readonly id: string };
  'restore.add': null;
  /** Checks the file that came and tells what restoring it would do. */
  'restore.preview': RestorePreview;
  /**
   * Restores what was shown, all of it or nothing; never while an order or a change of routes runs. Orders that were not
   * finished send nothing any more: their numbers go into the cart or are looked up.
   */
  'restore.apply': Restored;
  'restore.end': null;
  'shell.reveal': null;
  /** What was asked for and not shown yet; taken once. */
  'shell.take': Reveal | null;
  /** What the desktop asked the window to do since this was last taken, oldest first. */
  'shell.commands': readonly CommandId[];
  'shell.run': null;
  'accounts.get': AccountsView;
  'accounts.signIn': AccountView;
  'accounts.tryDemo': AccountView;
  'accounts.switch': AccountView;
  'accounts.rename': AccountView;
  'accounts.replaceKeys': AccountView;
  'accounts.signOut': AccountsView;
  'numbers.query': NumbersWindow;
  'numbers.details': NumberDetails;
  /** At most 500, and none after the last. */
  'numbers.routeUse': readonly RouteUse[];
  'numbers.matching': MatchingPage;
  /** These numbers as they are now, in their order, as many of them as fit into one answer; null for those the list does not have any more. */
  'numbers.rows': readonly (NumberRow | null)[];
  /** `count` different numbers are kept; `owned` of them are in the list. The id stands in a query as `numbers:id`. */
  'numbers.keep': { readonly id: string; readonly count: number; readonly owned: number };
  /** Those of a kept set that the list does not have, 10,000 at most. */
  'numbers.keptMissing': { readonly numbers: readonly string[] };
  /** Those of the numbers that the query matches. */
  'numbers.among': readonly string[];
  'tags.names': readonly TagUse[];
  /** How many numbers were changed, which of the added tags no number had, and what `tags.undo` takes back. */
  'tags.change': { readonly numbers: number; readonly created: readonly string[]; readonly undo: number };
  /** Takes one of the last changes of tags back, once. */
  'tags.undo': { readonly numbers: number };
  'sync.status': SyncStatus;
  'sync.start': SyncStatus;
  'sync.cancel': SyncStatus;
  'settings.get': Settings;
  'settings.set': Settings;
  'find.areaCodes': AreaCodesView;
  'find.exchanges': ExchangesView;
  'find.start': FindStatus;
  /** Keeps a query among the recent searches: somebody used what it found. */
  'find.note': readonly SavedSearch[];
  'find.stop': FindStatus;
  'find.window': OffersWindow;
  /** Those of the numbers that the search has found and that show the pattern. */
  'find.among': readonly string[];
  'find.searches': readonly SavedSearch[];
  'find.saveSearch': readonly SavedSearch[];
  'find.forgetSearch': readonly SavedSearch[];
  'cart.get': CartView;
  /** What needs a look comes first: gone, or at another price. */
  'cart.items': CartItemsWindow;
  /** Offers of the search on screen, by number; unknown and owned ones are left out. */
  'cart.add': { readonly added: number; readonly cart: CartView };
  'cart.remove': CartView;
  'cart.setBilling': CartView;
  /** Asks the carrier for each number of the cart whether it is still for sale, and at what price. */
  'cart.check': CartView;
  /** Ends the check that this view waits for; what was learned stays, and another view's goes on. */
  'cart.stopCheck': CartView;
  'cart.removeGone': CartView;
  'orders.review': OrderReview;
  /** A window of what a review is about. */
  'orders.reviewItems': CartItemsWindow;
  /** Begins the order a review permitted. A token works once: a second call is refused. */
  'orders.buy': OrderSummary;
  /** The newest first, as many as one answer holds: asked for again from where it ended, until there are none. */
  'orders.list': readonly OrderSummary[];
  'orders.get': OrderSummary;
  'orders.items': OrderItemsWindow;
  /** The most frequent words about its numbers, six at most. */
  'orders.reasons': readonly OrderReason[];
  'orders.pause': OrderSummary;
  /** Refused while a price has gone up and what is left was not agreed to at its new cost. */
  'orders.resume': OrderSummary;
  /** Ends the order after the number that is on its way; the rest stays unbought. */
  'orders.stop': OrderSummary;
  /** Ends an order that waits because numbers cannot be looked up: they stay unknown, and each sync looks for them. */
  'orders.setAside': OrderSummary;
  'routes.window': RoutesWindow;
  /** Lists the routes anew; the old list stays when that fails, with the reason. */
  'routes.refresh': RoutesRefreshed;
  /** Refused when the name exists: a route is never overwritten. One that looks like a listed one has to be confirmed. */
  'routes.create': Route;
  'routes.audit': AuditView;
  /** A draft, and the beginning of its comparison with the carrier. Nothing is changed before `plans.apply`. */
  'plans.draft': PlanView;
  /** A draft as with `plans.draft`, or the question which column is which. */
  'plans.import': Imported;
  'plans.edit': PlanView;
  'plans.list': PlansWindow;
  'plans.get': PlanView;
  'plans.items': PlanItemsWindow;
  'plans.problems': PlanProblemsWindow;
  /** The rows of an imported file, all of them or those that are left out. */
  'plans.rows': PlanRowsWindow;
  'plans.check': PlanView;
  /** One plan is applied at a time; a draft can be applied once. */
  'plans.apply': PlanView;
  'plans.pause': PlanView;
  'plans.resume': PlanView;
  'plans.stop': PlanView;
  /** Ends a waiting plan whose numbers cannot be looked up: they stay `unknown`, and an undo looks at them. */
  'plans.setAside': PlanView;
  'plans.retry': PlanView;
  /** Forgets a draft. */
  'plans.discard': null;
  'activity.list': ActivityWindow;
  /** Numbers of an entry, 200 to a part; empty past the last one. */
  'activity.numbers': readonly string[];
};

export type Events = {
  accounts: AccountsView;
  sync: SyncStatus;
  /** The list changed: ask again for what is on screen. */
  inventory: { readonly revision: number; readonly total: number };
  settings: Settings;
  /** A backup was restored: everything on screen is of before. */
  restored: { readonly accounts: number };
  notice: Notice;
  /** Something waits to be shown: `shell.take`. */
  reveal: Reveal;
  /** The small window was hidden: what was typed in it was given up. */
  quickHidden: null;
  /** For the desktop, not for windows. */
  shell: { readonly id: DesktopCommandId };
  /** The desktop's menu or a notification asks the window for something: `shell.commands`. */
  command: Readonly<Record<string, never>>;
  find: FindStatus;
  cart: CartView;
  orders: OrderSummary;
  /** The list of routes was read anew. */
  routes: { readonly count: number };
  plans: PlanSummary;
  /** A draft was forgotten, here or in another window. */
  planGone: { readonly id: number };
  /**
   * For the desktop, not for windows: what runs or waits in an account, also while it is being left and its windows are told
   * nothing any more. `closed` when it has been left.
   */
  jobs: {
    readonly accountId: string;
    /** The account is not on screen any more. */
    readonly left: boolean;
    readonly order: OrderSummary | null;
    readonly plan: PlanSummary | null;
    readonly closed: boolean;
  };
  /** Something was written down: ask again. */
  activity: { readonly total: number };
};

/** What a host needs: one function per method. Input is already validated when it is called. */
export type Handlers = { [K in MethodName]: (input: Inputs[K]) => Promise<Outputs[K]> };

/** What crosses a process boundary. `invoke` never rejects for an application error. */
export type Transport = {
  invoke(method: MethodName, input: unknown): Promise<Result<unknown>>;
  /** Returns the function that ends the subscription. */
  subscribe(event: EventName, listener: (payload: unknown) => void): () => void;
};
