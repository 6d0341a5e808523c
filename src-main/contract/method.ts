import { z } from 'zod';

/** One thing a window may ask: the schema of what it sends, and (as a type) what it gets. */
export type Method<I extends z.ZodType = z.ZodType, R = unknown> = {
  readonly input: I;
  /** Never there: only its type is asked for. */
  readonly result?: R;
};

/** A method that takes an object of these members and no others. */
export function takes<S extends z.ZodRawShape>(shape: S) {
  return takesOf(z.strictObject(shape));
}

/** A method whose input has a schema of its own. */
export function takesOf<I extends z.ZodType>(input: I) {
  return { gives: <R>(): Method<I, R> => ({ input }) };
}
