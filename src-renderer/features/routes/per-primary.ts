import type { Inputs } from '#main/contract/contract.ts';
import { exactName } from '#main/contract/query.ts';
import type { PrimaryUse } from '#main/contract/routing.ts';

/** The side of its numbers that a row gives a route to. */
export type Side = 'primary' | 'failover';
type Parts = Extract<Inputs['plans.draft']['source'], { kind: 'several' }>['parts'];

/** What a route that is given to a row would do: how many numbers change, and how many have it already. */
export type Effect = {
  readonly changes: number;
  readonly already: number;
  /** They would have the same route on both sides: when it fails, nothing else is tried. */
  readonly twice: number;
};
const nothing: Effect = { changes: 0, already: 0, twice: 0 };

/** What `route` does to the numbers of a row; '' changes nothing. */
export function effectOf(use: PrimaryUse, side: Side, route: string): Effect {
  if (route === '') return nothing;
  const withIt = use.failovers.find(({ failover }) => failover === route)?.numbers ?? 0;
  const already = side === 'failover' ? withIt : use.primary === route ? use.numbers : 0;
  const same = side === 'failover' ? (use.primary === route ? use.numbers : 0) : withIt;
  return { changes: use.numbers - already, already, twice: same };
}

/** What all rows together do. */
export function sumOf(effects: readonly Effect[]): Effect {
  return effects.reduce(
    (sum, { changes, already, twice }) => ({
      changes: sum.changes + changes,
      already: sum.already + already,
      twice: sum.twice + twice,
    }),
    nothing,
  );
}

/** The changes of a plan: one for each row that is given a route it does not have everywhere already; `text` is whose rows they are. */
export function partsOf(
  text: string,
  rows: readonly PrimaryUse[],
  side: Side,
  routeFor: (use: PrimaryUse) => string,
): Parts {
  return rows.flatMap((use): Parts => {
    const route = routeFor(use);
    if (effectOf(use, side, route).changes === 0) return [];
    const of = { kind: 'query' as const, text: `${text} primary:${exactName(use.primary)}`.trim() };
    return side === 'failover'
      ? [{ of, change: { primary: 'keep', failover: { route } } }]
      : [{ of, change: { primary: { route }, failover: 'keep' } }];
  });
}
