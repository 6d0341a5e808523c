import { randomInt } from 'node:crypto';
import type { Database } from '../platform/storage/sqlite.ts';

/**
 * An id for an order, a plan, a search or a snapshot. Random, so that two accounts never have the same one: what is asked late, after a switch, finds
 * nothing of the other account. An integer that JSON and SQLite keep exactly, above every id that was ever counted.
 */
export function newId(): number {
  return randomInt(2 ** 40, 2 ** 48);
}

/** What people call the next order ("Order 12") or plan ("Change 7") of this account: one more than the highest so far. */
export function nextOrdinal(database: Database, table: 'purchase_order' | 'plan'): number {
  const { next } = database.prepare(`SELECT coalesce(max(ordinal), 0) + 1 AS next FROM ${table}`).get() as {
    next: number;
  };
  return next;
}
