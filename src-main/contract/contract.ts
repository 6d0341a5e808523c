/**
 * The one table of what the renderer may ask and be told. The client, the preload, the browser host's
 * client and the handler map all derive from it: a missing or an extra handler does not compile.
 */
import type { z } from 'zod';
import { accountMethods, type AccountEvents } from './accounts.ts';
import { activityMethods, type ActivityEvents } from './activity.ts';
import { appMethods, type AppEvents } from './app.ts';
import { backupMethods, type BackupEvents } from './backup.ts';
import { buyingMethods, type BuyingEvents } from './buying.ts';
import { numberMethods, type NumberEvents } from './numbers.ts';
import { paceMethods, type PaceEvents } from './pace.ts';
import { routingMethods, type RoutingEvents } from './routing.ts';
import { settingsMethods, type SettingsEvents } from './settings.ts';
import { syncMethods, type SyncEvents } from './sync.ts';
import { tagMethods } from './tags.ts';
import type { Result } from './errors.ts';

/** Every method, by its name. */
export const methods = {
  ...appMethods(),
  ...accountMethods(),
  ...numberMethods(),
  ...tagMethods(),
  ...syncMethods(),
  ...paceMethods(),
  ...settingsMethods(),
  ...buyingMethods(),
  ...activityMethods(),
  ...routingMethods(),
  ...backupMethods(),
};
export type MethodName = keyof typeof methods;

type ResultOf<M> = M extends { readonly result?: infer R } ? Exclude<R, undefined> : never;

export type Inputs = { [K in MethodName]: z.infer<(typeof methods)[K]['input']> };
export type Outputs = { [K in MethodName]: ResultOf<(typeof methods)[K]> };

export type Events = AppEvents &
  AccountEvents &
  NumberEvents &
  SyncEvents &
  PaceEvents &
  SettingsEvents &
  BuyingEvents &
  ActivityEvents &
  RoutingEvents &
  BackupEvents;
export type EventName = keyof Events;

/** Tells everybody who listens. */
export type EmitEvent = <K extends EventName>(event: K, payload: Events[K]) => void;

/** What a host needs: one function per method. Input is already validated when it is called. */
export type Handlers = { [K in MethodName]: (input: Inputs[K]) => Promise<Outputs[K]> };

/** The handlers of a feature: those of the methods that begin with one of these words. */
export type HandlersOf<P extends string> = Pick<Handlers, Extract<MethodName, `${P}.${string}`>>;

/** What crosses a process boundary. `invoke` never rejects for an application error. */
export type Transport = {
  invoke(method: MethodName, input: unknown): Promise<Result<unknown>>;
  /** Returns the function that ends the subscription. */
  subscribe(event: EventName, listener: (payload: unknown) => void): () => void;
};
