import type { AppError } from '../../contract/errors.ts';
import type { FileNews, Size } from './served-file.ts';

/** What crosses between a file's thread and whoever opened it. */
export type WorkerCall = {
  readonly id: number;
  /** `store.method`; `close` ends the thread. */
  readonly name: string;
  readonly args: unknown[];
};

export type WorkerAnswer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'failed'; readonly error: AppError }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: AppError }
  | { readonly kind: 'changed'; readonly size: Size }
  | { readonly kind: 'log'; readonly line: string }
  | FileNews;
