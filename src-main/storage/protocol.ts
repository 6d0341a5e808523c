import type { AppError } from '../contract/errors.ts';
import type { NumberStore } from '../inventory/store.ts';

type Methods<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T];
export type StoreMethod = Methods<NumberStore>;

export type WorkerCall = {
  readonly id: number;
  readonly method: StoreMethod;
  readonly args: unknown[];
};

type Size = { readonly revision: number; readonly total: number };

export type WorkerAnswer =
  | { readonly kind: 'opened'; readonly movedTo: string | null; readonly size: Size }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: AppError }
  | { readonly kind: 'changed'; readonly size: Size };
