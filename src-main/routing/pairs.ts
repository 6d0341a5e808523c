import { noRoute, type Pair } from '../contract/model.ts';
import type { SideChange } from '../contract/routing.ts';

export type { Pair };

/** Bits of `keep`: sides that stay as the carrier has them. */
export const keepPrimary = 1;
export const keepFailover = 2;
/** Its routes were not read yet: what it had is not known before the comparison. */
export const notRead = 4;
/** It was made when the account had an API with one word for the built-in route and for none: a side without a real route may be either. */
export const oneWord = 8;
/** One of its routes, the built-in one, may be none as well: the list that told it has one word for both. */
export const guessed = 16;

type Change = { readonly keep: number; readonly before: Pair; readonly to: Pair };

export function samePair(a: Pair, b: Pair): boolean {
  return a.primary === b.primary && a.failover === b.failover;
}

/** True when the carrier has what was guessed: the same pair, but for a side that is none. */
export function fitsGuess(now: Pair, guess: Pair): boolean {
  const either = (side: keyof Pair) => now[side] === guess[side] || now[side] === noRoute;
  return either('primary') && either('failover');
}

/** True for a pair on its way from one to another, where both sides do not change together. */
export function isHalf(now: Pair, before: Pair, to: Pair): boolean {
  const either = (side: keyof Pair) => now[side] === before[side] || now[side] === to[side];
  return either('primary') && either('failover');
}

/**
 * The change with what the carrier really has where its own word for that means two things: a side that was, or is to be, without a
 * real route is as it is now when it has none now. `builtin` is the key of the built-in route. A primary is never left as none for it.
 */
export function withClearSides<C extends Change>(change: C, now: Pair, builtin: string): C {
  if (!(change.keep & oneWord)) return change;
  const isUnreal = (key: string) => key === noRoute || key === builtin;
  const clear = (key: string, has: string) => (isUnreal(key) && isUnreal(has) ? has : key);
  const before = {
    primary: clear(change.before.primary, now.primary),
    failover: clear(change.before.failover, now.failover),
  };
  return { ...change, before, to: { ...change.to, failover: clear(change.to.failover, now.failover) } };
}

/** What a number gets: a side that is kept is what the carrier has now. */
export function targetOf({ keep, to }: Pick<Change, 'keep' | 'to'>, now: Pair): Pair {
  return {
    primary: keep & keepPrimary ? now.primary : to.primary,
    failover: keep & keepFailover ? now.failover : to.failover,
  };
}

/** The key that a side has after a change of it; `now` is what it has before. */
export function keyAfter(change: SideChange, now: string): string {
  if (change === 'keep') return now;
  return change === 'none' ? noRoute : change.route;
}

/** The change after which a side has this key. */
export function changeTo(key: string): Exclude<SideChange, 'keep'> {
  return key === noRoute ? 'none' : { route: key };
}

/** True when the sides a plan is about are still what it had shown. */
export function asShown({ keep, before }: Pick<Change, 'keep' | 'before'>, now: Pair): boolean {
  return (
    (Boolean(keep & keepPrimary) || before.primary === now.primary) &&
    (Boolean(keep & keepFailover) || before.failover === now.failover)
  );
}
