import type { AppError } from '../../contract/errors.ts';
import type { Recovered } from './recovery.ts';

/** How often something changed, and how many rows there are: what whoever shows a file follows. */
export type Size = { readonly revision: number; readonly total: number };

/** What was found wrong with a file and set right, for a person to be told. */
export type FileNews =
  /** The file was damaged: it is kept there, and a new one was begun. */
  | { readonly kind: 'moved'; readonly movedTo: string }
  /** The file was damaged, or gone, and was put together again. */
  | { readonly kind: 'recovered'; readonly recovered: Recovered };

/** What takes the place of a file that turned out damaged. */
type Replaced = {
  readonly file: ServedFile;
  /** What the call is answered with that met the damage; null when the new file answers it. */
  readonly answer: AppError | null;
};

/**
 * One open file as the storage thread serves it: named stores, whose methods are called as `store.method`. A method that
 * returns a generator works in steps, and questions are answered between them. Everything but `stores` and `close` is for files
 * that need it.
 */
export type ServedFile = {
  readonly stores: Readonly<Record<string, object>>;
  /** What was found as it was opened. */
  readonly news?: readonly FileNews[];
  /** Told to whoever opened the file when its revision grows. */
  size?(): Size;
  /** Steps that fill memory from the file. Until they end, calls wait unless `early` can answer them. */
  readonly filling?: Generator<void>;
  /** The answer of a call as far as the file alone has it; undefined when it must wait. */
  early?(name: string, args: readonly unknown[]): unknown;
  /** The call (`store.method`) that goes before all others; of those that wait for one view only the newest is answered. */
  readonly first?: string;
  /** Steps that put memory in order, in time that nobody else needs; null when there is nothing to do. */
  tidying?(): Generator<void> | null;
  /** Steps that hold the file against memory, after everything else; null when there is nothing new to look at. */
  checking?(): Generator<void> | null;
  /** A call was answered: something may have changed. */
  touched?(): void;
  /** Damage was met: what goes on in its place, or null when nothing can. */
  replace?(): Promise<Replaced | null>;
  /** Resolves with false when something still holds the file that the thread must not wait for. */
  close(): void | Promise<boolean>;
};

/** What a file may tell while it is served. */
export type FileHost = {
  readonly log: (line: string) => void;
  /** Damage was met beside the calls. */
  readonly damaged: () => void;
};

/** Opens a file. Throws `storage-newer` or `storage` when that cannot be done. */
type OpenFile = (file: string, host: FileHost) => ServedFile;

/** Of each kind of file: loads the code that opens it. */
export type FileKinds = Readonly<Record<string, () => Promise<OpenFile>>>;

/** A store as it is called from another thread: every method answers later. */
export type MethodsOf<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<R extends Generator<void, infer V> ? V : Awaited<R>>
    : never;
};
/** The stores of a file as they are called from another thread. */
export type Stores<S> = { readonly [N in keyof S]: MethodsOf<S[N]> };
