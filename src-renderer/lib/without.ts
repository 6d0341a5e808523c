/** The texts that are not among the others, in their order. */
export function without(texts: readonly string[], others: Iterable<string>): string[] {
  const taken = new Set(others);
  return texts.filter((text) => !taken.has(text));
}

/** Each text once, in the order it came first. */
export const once = (texts: readonly string[]): string[] => [...new Set(texts)];

/** The first of all that have the same key, in their order. */
export function onceBy<One>(all: readonly One[], keyOf: (one: One) => string): One[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = keyOf(one);
    return !seen.has(key) && seen.add(key);
  });
}
