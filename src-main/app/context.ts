import type { ActivityNote } from '../activity/activity-store.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { EventName, Events } from '../contract/contract.ts';
import type { Features } from '../contract/features.ts';
import type { Settings } from '../contract/settings.ts';

/** Milliseconds between two tries of a read, two looks after a lost answer, and two tries of a write. The rest for tests. */
export type Waits = {
  readonly backoffMs: number;
  readonly settleMs: number;
  readonly againMs: number;
  /** How old a price may be when it is paid. */
  readonly freshMs?: number;
  /** How long an exchange may take. */
  readonly timeoutMs?: number;
  /** Until a request carries another time stamp. */
  readonly nextStampMs?: number;
  /** Numbers of an order that are bought side by side. */
  readonly lanes?: number;
  /** How long a person waits for an answer about routes before anything is bought or created. */
  readonly patienceMs?: number;
};

/** What a feature of an open account gets from the session that owns it. */
export type SessionContext = {
  /** The carrier while there are keys and the account is open; null otherwise. */
  readonly carrier: () => Carrier | null;
  /** What the API of this account can do, keys or not. */
  readonly features: Features;
  readonly settings: () => Settings;
  /** Tells windows, for as long as the account is on screen. */
  readonly tell: <K extends EventName>(event: K, payload: Events[K]) => void;
  /** Tells the desktop what runs, whichever account is on screen by then. */
  readonly tellJob: (job: Partial<Pick<Events['jobs'], 'order' | 'plan'>>) => void;
  /** Rejects with `rejected` while an account that may be this one has an order or a change that is not finished. */
  readonly needFree: () => Promise<void>;
  /** Writes down what happened now. Never rejects: what happened goes on even if it cannot be recorded. */
  readonly record: (entry: ActivityNote) => Promise<void>;
  readonly log: (line: string) => void;
  readonly waits: Partial<Waits>;
};
