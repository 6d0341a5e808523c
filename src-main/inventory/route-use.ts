import type { RouteUse } from '../contract/numbers.ts';
import type { NumberIndex } from './index/number-index.ts';

/** At most so many of the routes in use, by key and type, after this one (`key`, line feed, `type`). */
export function routeUse(index: NumberIndex, after: string, limit: number): RouteUse[] {
  const { primary, failover } = index.ids;
  const { count, gone } = index;
  const uses = index.values.primary.values.map(({ key, type }) => ({
    ...{ key: key ?? '', label: index.labelOf(key ?? ''), type },
    ...{ primaryCount: 0, failoverCount: 0 },
  }));
  for (let slot = 0; slot < count; slot += 1) {
    if (gone.has(slot)) continue;
    const first = uses[primary[slot] ?? 0];
    const second = uses[failover[slot] ?? 0];
    if (first) first.primaryCount += 1;
    if (second) second.failoverCount += 1;
  }
  const place = (use: RouteUse) => `${use.key}\n${use.type}`;
  return uses
    .filter((use) => use.key !== '' && use.primaryCount + use.failoverCount > 0 && place(use) > after)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .slice(0, limit);
}
