/** The same values, of which there is one at least: what is asserted of each of them is asserted. Throws when there is none. */
export function some<T>(values: Iterable<T>): readonly [T, ...T[]] {
  const [first, ...others] = values;
  if (first === undefined) throw new Error('there is nothing to look at');
  return [first, ...others];
}
