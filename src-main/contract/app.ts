import { z } from 'zod';
import type { AccountsView } from './accounts.ts';
import type { OrderSummary } from './buying.ts';
import { desktopCommandIds, type CommandId, type DesktopCommandId } from './commands.ts';
import type { PlanSummary } from './routing.ts';
import { takes } from './method.ts';
import { phoneNumber } from './schemas.ts';

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

export type Notice = { readonly id: string; readonly kind: 'info' | 'warning'; readonly text: string };

/** What windows may ask about this. */
export const appMethods = () => ({
  'app.info': takes({}).gives<AppInfo>(),
  'app.notices': takes({}).gives<readonly Notice[]>(),
  /** True while an order or a change of routes of the open account sends requests: leaving the account pauses it. */
  'app.busy': takes({}).gives<boolean>(),
  /** A report for whoever helps, without keys, numbers, names of people or accounts. */
  'app.diagnostics': takes({}).gives<{ readonly text: string }>(),
  /**
   * Signs every account out and deletes all that was kept on this computer. Refused while an order or a plan runs.
   * The word is typed by the person: nothing else can mean it.
   */
  'app.deleteEverything': takes({
    confirm: z.literal('delete', 'Type the word delete.'),
  }).gives<AccountsView>(),
  'shell.reveal': takes({
    number: phoneNumber.nullable(),
    what: z.enum(['details', 'routes']),
  }).gives<null>(),
  /** What was asked for and not shown yet; taken once. */
  'shell.take': takes({}).gives<Reveal | null>(),
  /** What the desktop asked the window to do since this was last taken, oldest first. */
  'shell.commands': takes({}).gives<readonly CommandId[]>(),
  'shell.run': takes({ id: z.enum(desktopCommandIds) }).gives<null>(),
});

/** What windows are told about this. */
export type AppEvents = {
  notice: Notice;
  /** Something waits to be shown: `shell.take`. */
  reveal: Reveal;
  /** The small window was hidden: what was typed in it was given up. */
  quickHidden: null;
  /** For the desktop, not for windows. */
  shell: { readonly id: DesktopCommandId };
  /** The desktop's menu or a notification asks the window for something: `shell.commands`. */
  command: Readonly<Record<string, never>>;
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
};
