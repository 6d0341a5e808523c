import type { BackupStore } from '../../backup/backup-store.ts';
import type { AppError } from '../../contract/errors.ts';
import type { NumberStore } from '../../inventory/number-store.ts';
import type { AsideStore } from '../../inventory/aside-store.ts';
import type { SetStore } from '../../inventory/set-store.ts';
import type { FileCheck } from './file-check.ts';
import type { JournalCalls } from './durable-file.ts';
import type { Recovered } from './recovery.ts';

/**
 * The stores a worker can hold: the cached list, which can be fetched again, the journal, which cannot, work on files of
 * journals for back-ups, which has no file of its own, and a look at a file that another one has open.
 */
export type Stores = {
  numbers: NumberStore & AsideStore & SetStore;
  journal: JournalCalls;
  backup: BackupStore;
  check: FileCheck;
};
export type StoreKind = keyof Stores;

type Methods<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T];
export type StoreMethod<K extends StoreKind> = Methods<Stores[K]>;

export type WorkerCall = {
  readonly id: number;
  readonly method: string;
  readonly args: unknown[];
};

type Size = { readonly revision: number; readonly total: number };

export type WorkerAnswer =
  | { readonly kind: 'opened' }
  /** The file was damaged: it is kept there, and a new one was begun. */
  | { readonly kind: 'moved'; readonly movedTo: string }
  /** The journal was damaged, and was put together again. */
  | { readonly kind: 'recovered'; readonly recovered: Recovered }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: AppError }
  | { readonly kind: 'changed'; readonly size: Size };
