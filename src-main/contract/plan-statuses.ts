/** How far a plan and its numbers are. Without schemas: the storage thread needs it, too. */

export type PlanKind = 'assign' | 'import' | 'undo' | 'again';

export type PlanPhase = 'draft' | 'running' | 'paused' | 'stopping' | 'done';

export const planItemStatuses = [
  'right',
  'planned',
  'sending',
  'unknown',
  'done',
  'same',
  'changed',
  'failed',
  'left',
] as const;

/**
 * `right`: nothing to do, by the comparison with the carrier; not counted in `total` · `unknown`: may have been sent, looked up before anything else · `same`: was already so · `changed`: not touched,
 * because it was not any more what the plan had shown · `left`: the plan was stopped before it was changed.
 */
export type PlanItemStatus = (typeof planItemStatuses)[number];
