import { randomInt } from 'node:crypto';

/**
 * An id for a job, a search or a snapshot. Random, so that two accounts never have the same one: what is asked late, after a change of
 * accounts, finds nothing of the other account. An integer that JSON and SQLite keep exactly, above every id that was ever counted.
 */
export function newId(): number {
  return randomInt(2 ** 40, 2 ** 48);
}
