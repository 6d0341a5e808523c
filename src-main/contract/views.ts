/** The shapes the renderer receives. None of them can carry a secret. */
import type { AppError } from './errors.ts';
import type { OddRecords } from './model.ts';

export type AccountKind = 'flowroute-v1' | 'demo';

export type AccountView = {
  readonly id: string;
  readonly label: string;
  readonly kind: AccountKind;
  /** Shown so that two accounts can be told apart; it is a user name, not a secret. */
  readonly accessKey: string;
  readonly baseUrl: string;
  /** `unlocking` while the keychain is being asked; `missing` when the key has to be typed again. */
  readonly keys: 'keychain' | 'session' | 'unlocking' | 'missing' | 'refused';
};

export type AccountsView = {
  readonly accounts: readonly AccountView[];
  readonly currentId: string | null;
  readonly keychain: { readonly available: boolean; readonly reason: string | null };
};

export type AppInfo = {
  readonly version: string;
  readonly platform: string;
  readonly host: 'desktop' | 'browser';
  readonly dataDir: string;
  /** How this system writes dates and times (BCP 47); null where only the browser knows. */
  readonly locale: string | null;
  /** What the desktop could get from the system; null in a browser. */
  readonly desktop: DesktopInfo | null;
};

export type DesktopInfo = {
  /** `unknown` where the system cannot be asked whether it shows tray icons. */
  readonly tray: 'shown' | 'missing' | 'unknown';
  readonly shortcut: boolean;
  /** A feed of updates was given when this app was built. */
  readonly updates: boolean;
  /** The start at login; `blocked` when it is on here and switched off in the system's own settings. */
  readonly login: 'on' | 'off' | 'blocked';
};

/** What the small window asks the large one to show; `number` is null when it only wants to be gone. */
export type Reveal = { readonly number: string | null; readonly what: 'details' | 'routes' };

export const numberColumns = [
  'number',
  'primary',
  'failover',
  'billing',
  'state',
  'area',
  'tags',
  'monthly',
  'seen',
] as const;
export type NumberColumn = (typeof numberColumns)[number];
export type Sort = { readonly column: NumberColumn; readonly direction: 'asc' | 'desc' };

/** One line of the numbers table. `seenAt` is Unix milliseconds of the sync that last saw it. */
export type NumberRow = {
  readonly number: string;
  readonly primary: string;
  readonly primaryType: string;
  readonly failover: string;
  readonly failoverType: string;
  readonly billing: string;
  /** Two letters, or '' for an area code that belongs to no state or province (toll-free, new). */
  readonly state: string;
  /** A place name for people: "Seattle", "Toll-free"; '' when unknown. */
  readonly area: string;
  readonly seenAt: number;
  /** Cents a month as learned when it was bought here; null when unknown: v1 never tells it again. */
  readonly monthly: number | null;
  /** A person's own words on it, sorted: "spare, vip"; '' when it has none. */
  readonly tags: string;
  /** Unix milliseconds since when the carrier's list lacks it; absent for all others. It stays until a second look agrees. */
  readonly missingSince?: number;
};

/**
 * A token of the query as it was understood: `problem` says why it could not be, `unfinished` that it only lacks what is
 * still to be typed.
 */
export type QueryToken = {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly key: string | null;
  readonly value: string;
  readonly negated: boolean;
  readonly problem: string | null;
  /** What is worth knowing of a token that is understood. */
  readonly note?: string;
  readonly unfinished: boolean;
};

export type NumbersWindow = {
  /** Grows with every change of the list; windows of different revisions do not belong together. */
  readonly revision: number;
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly NumberRow[];
  /** Cents a month of the matching numbers whose cost is known, and how many those are. */
  readonly cost: { readonly monthly: number; readonly known: number };
  readonly tokens: readonly QueryToken[];
  /** Bare digits of the query, for marking the match inside a number. */
  readonly digits: readonly string[];
};

/**
 * A page of the numbers a query matches, in its order, as 11 digits each. Pages of one snapshot show the list as it was at
 * the first of them: whatever is synced meanwhile, none is missed and none comes twice.
 */
export type MatchingPage = {
  readonly total: number;
  readonly numbers: readonly string[];
  /** Asks for further pages; null when this was the last, or a single one. */
  readonly snapshot: number | null;
};

export type NumberDetails = {
  readonly row: NumberRow;
  /** Unix milliseconds of the fresh answer; null when only the cache could answer. */
  readonly fetchedAt: number | null;
  readonly primaryValue: string | null;
  readonly failoverValue: string | null;
  /** What was paid when it was bought here (cents), and when (Unix milliseconds). */
  readonly bought: { readonly setup: number; readonly monthly: number; readonly boughtAt: number } | null;
  /** Why it is not fresh, when it is not. */
  readonly error: AppError | null;
};

export type TagUse = { readonly name: string; readonly count: number };

export type RouteUse = {
  readonly name: string;
  readonly type: string;
  readonly primaryCount: number;
  readonly failoverCount: number;
};

export type SyncStatus = {
  readonly phase: 'idle' | 'listing' | 'confirming' | 'cancelling';
  /** Numbers received in the running pass, and how fast, per second. */
  readonly received: number;
  readonly perSecond: number;
  readonly startedAt: number | null;
  /** Unix milliseconds of the end of the last complete pass; null before the first. */
  readonly completedAt: number | null;
  readonly last: { readonly added: number; readonly changed: number; readonly removed: number } | null;
  /** True when the cache holds a part of a first pass that has not ended. */
  readonly partial: boolean;
  /** Numbers of the list that the carrier's list lacks: they stay until a second look agrees. */
  readonly missing: number;
  /** Numbers that the carrier lists in a form that cannot be used: they are not shown, or as they were known before. */
  readonly odd: OddRecords;
  readonly error: AppError | null;
  /** Unix milliseconds of the next try on its own; null when none is planned. */
  readonly nextAt: number | null;
};

export type Settings = {
  readonly numberFormat: 'national' | 'international' | 'digits';
  readonly syncMinutes: number;
  /** Cents: an order whose set-up and first month cost more needs its count typed. */
  readonly orderLimit: number;
  /** Electron accelerator of the quick search, '' for none. */
  readonly quickShortcut: string;
  /** Closing the window leaves the app in the tray; null before the person was asked. */
  readonly closeToTray: boolean | null;
  readonly theme: 'system' | 'light' | 'dark';
  /** Height of the rows of lists. */
  readonly density: 'comfortable' | 'compact';
  readonly startAtLogin: boolean;
  /** Looks for a newer version by itself; nothing is installed without a yes. */
  readonly checkUpdates: boolean;
};

export type Notice = { readonly id: string; readonly kind: 'info' | 'warning'; readonly text: string };
