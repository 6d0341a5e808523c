import { Joins } from './joins.ts';
import { Moves, type MovesOptions } from './moves.ts';
import type { Twins } from './twins.ts';

export type Moving = {
  readonly moves: Moves;
  readonly joins: Joins;
};

/** What moves accounts to another version of their API, and joins those that are one. */
export function openMoving(options: MovesOptions & { readonly twins: Twins }): Moving {
  return { moves: new Moves(options), joins: new Joins(options) };
}
