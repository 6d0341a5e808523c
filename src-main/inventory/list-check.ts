import { DamageError, type Database } from '../platform/storage/sqlite.ts';
import type { NumberIndex } from './index/number-index.ts';
import { numberOfKey } from './index/number-key.ts';
import { sumModulus } from './sync/pass-sum.ts';
import type { PassStore } from './sync/pass-store.ts';

/** So many slots are summed up, and about so many rows counted, between two pauses. */
const slice = 50_000;

/**
 * Holds the table against the index, which was read from it or written with it: the same numbers, in order, and as many as
 * the file says. Throws `DamageError` when they differ. Ends without a word once `writes` tells another value than at the
 * beginning: what is being changed cannot be compared, and the next pass is checked as well.
 */
export function* checkList(
  database: Database,
  index: NumberIndex,
  passes: PassStore,
  writes: () => number,
): Generator<void> {
  const begun = writes();
  const { members } = index.versions;
  const undisturbed = () => writes() === begun && index.versions.members === members;
  const bounds = [''];
  for (let slot = slice; slot < index.sorted; slot += slice) bounds.push(index.numberAt(slot));
  bounds.push(':');
  // Modulo a prime, so that sums stay exact: a slice of numbers of eleven digits, which are their own keys, is less than 2 ** 53.
  let shown = 0;
  for (let slot = 0; slot < index.count; slot += 1) {
    const key = index.gone.has(slot) ? 0 : (index.keys[slot] ?? 0);
    shown += Number.isInteger(key) ? key : Number(numberOfKey(key)) % sumModulus;
    if (slot % slice !== slice - 1) continue;
    shown %= sumModulus;
    yield;
    if (!undisturbed()) return;
  }
  const read = database.prepare(
    `SELECT count(*) AS rows, coalesce(sum((number + 0) % ${sumModulus}), 0) AS sum FROM number
     WHERE number >= ? AND number < ?`,
  );
  let [rows, sum] = [0, 0];
  for (let at = 1; at < bounds.length; at += 1) {
    const part = read.get(bounds[at - 1] ?? '', bounds[at] ?? '') as { rows: number; sum: number };
    rows += part.rows;
    sum = (sum + part.sum) % sumModulus;
    yield;
    if (!undisturbed()) return;
  }
  if (rows === index.size && sum === shown % sumModulus && passes.total() === rows) return;
  throw new DamageError('the list in the file is not the one that is shown');
}
