import { nearNames } from '#main/contract/near-names.ts';

/** A route that can be chosen: what people call it, and what is told beside it. */
export type RouteChoice = {
  readonly label: string;
  /** As people say it: HOST, PSTN, URI. */
  readonly type: string;
  /** Where it leads; null where nothing is known of that. */
  readonly value: string | null;
  /** Numbers that have it as their primary, by the list. */
  readonly count: number;
};
/** What can be chosen in the place of a route, such as none: the piece of a query that it stands for. */
export type OtherChoice = { readonly piece: string; readonly title: string };
/** Choices under a heading; '' where it needs none. */
export type ChoiceSection = { readonly heading: string; readonly choices: readonly RouteChoice[] };

/** Choices in one list: more are found by typing on. */
export const mostChoices = 100;

/**
 * What a field for a route offers for what is typed in it. Nothing typed: what was chosen last, then all. Else what matches, the
 * very name first, then names that begin so, then the rest as near as they are.
 */
export function sectionsFor(
  typed: string,
  routes: readonly RouteChoice[],
  { last = null, recent = [] }: { readonly last?: string | null; readonly recent?: readonly string[] } = {},
): readonly ChoiceSection[] {
  const wanted = typed.trim();
  const sections: readonly ChoiceSection[] =
    wanted === ''
      ? [
          { heading: 'Same as last', choices: named(routes, last === null ? [] : [last]) },
          {
            heading: 'Recent',
            choices: named(
              routes,
              recent.filter((name) => name !== last),
            ),
          },
          { heading: 'All', choices: routes },
        ]
      : [{ heading: '', choices: found(wanted, routes) }];
  let left = mostChoices;
  const seen: string[] = [];
  return sections
    .map(({ heading, choices }) => {
      const fresh = choices.filter(({ label }) => !seen.includes(label)).slice(0, left);
      left -= fresh.length;
      for (const { label } of fresh) seen.push(label);
      return { heading, choices: fresh };
    })
    .filter(({ choices }) => choices.length > 0);
}

function named(routes: readonly RouteChoice[], names: readonly string[]): RouteChoice[] {
  return names.flatMap((name) => routes.find(({ label }) => label === name) ?? []);
}

function found(wanted: string, routes: readonly RouteChoice[]): RouteChoice[] {
  const folded = wanted.toLowerCase();
  const rank = ({ label }: RouteChoice) => {
    const name = label.toLowerCase();
    if (label === wanted) return 0;
    if (name === folded) return 1;
    if (name.startsWith(folded)) return 2;
    return name.includes(folded) ? 3 : 4;
  };
  const plain = routes.filter(({ label, value }) =>
    [label, value ?? ''].some((text) => text.toLowerCase().includes(folded)),
  );
  const near = nearNames(
    wanted,
    routes.map(({ label }) => label),
  );
  const others = near.flatMap((at) => routes[at] ?? []).filter((route) => !plain.includes(route));
  return [...plain, ...others].toSorted((a, b) => rank(a) - rank(b));
}
