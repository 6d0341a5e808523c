import { requestClasses, type Pace, type RequestClass } from '../../../contract/pace.ts';
import type { PacingView } from './pacing.ts';

/** What a person is told of pacings by the names of their endpoints. Several endpoints of a class have its lowest ceiling. */
export function paceOf(
  pacings: ReadonlyMap<string, PacingView>,
  classOf: (endpoint: string) => RequestClass,
  atMost: number | null,
): Pace {
  const views = [...pacings].map(([endpoint, view]) => ({ ...view, name: classOf(endpoint) }));
  const sum = (some: readonly PacingView[]) => some.reduce((total, { perSecond }) => total + perSecond, 0);
  const classes = requestClasses.flatMap((name) => {
    const some = views.filter((view) => view.name === name);
    if (some.length === 0) return [];
    const ceilings = some.flatMap(({ ceiling }) => ceiling ?? []);
    const ceiling = ceilings.length > 0 ? Math.round(Math.min(...ceilings)) : null;
    return [{ name, perSecond: sum(some), ceiling }];
  });
  return { perSecond: sum(views), atMost, classes, waiting: waitingOf(views, atMost) };
}

function waitingOf(views: readonly PacingView[], atMost: number | null): Pace['waiting'] {
  const pauses = views.flatMap(({ waiting }) => (waiting?.why === 'carrier' ? waiting.ms : []));
  if (pauses.length > 0) return { why: 'carrier', until: Math.round(Date.now() + Math.max(...pauses)) };
  const held = views.some(({ waiting }) => waiting?.why === 'budget');
  return held && atMost !== null ? { why: 'budget', atMost } : null;
}

/** Two paces together, of those who share one budget. */
export function joinPaces(one: Pace, other: Pace): Pace {
  const classes = requestClasses.flatMap((name) => {
    const some = [...one.classes, ...other.classes].filter((each) => each.name === name);
    if (some.length === 0) return [];
    const ceilings = some.flatMap(({ ceiling }) => ceiling ?? []);
    const perSecond = some.reduce((sum, each) => sum + each.perSecond, 0);
    return [{ name, perSecond, ceiling: ceilings.length > 0 ? Math.min(...ceilings) : null }];
  });
  return {
    ...{ perSecond: one.perSecond + other.perSecond, atMost: one.atMost, classes },
    waiting: one.waiting ?? other.waiting,
  };
}
