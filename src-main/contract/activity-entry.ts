/** What the record of activity says. Without schemas: the storage thread needs it, too. */

/** Numbers of an entry come in parts of so many; the first is told with the entry. */
export const activityPart = 200;

export const activityKinds = ['order', 'routes', 'sync', 'account', 'failure'] as const;

export type ActivityKind = (typeof activityKinds)[number];

export type ActivityEntry = {
  readonly id: number;
  readonly at: number;
  readonly kind: ActivityKind;
  readonly text: string;
  readonly outcome: 'ok' | 'failed' | 'info';
  /** At most the first 200; `count` is how many there were, `activity.numbers` has them all. */
  readonly numbers: readonly string[];
  readonly count: number;
};
