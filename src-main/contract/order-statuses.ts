/** How far an order and its numbers are. Without schemas: the storage thread needs it, too. */

export type OrderPhase = 'running' | 'paused' | 'stopping' | 'done';

export const itemStatuses = ['planned', 'sending', 'bought', 'refused', 'unknown'] as const;

export type ItemStatus = (typeof itemStatuses)[number];
