/** How far a number of an order is. Without schemas: the storage thread needs it, too. */
export const itemStatuses = ['planned', 'sending', 'bought', 'refused', 'unknown'] as const;

export type ItemStatus = (typeof itemStatuses)[number];
