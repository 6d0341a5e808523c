/** The texts that are not among the others, in their order. */
export function without(texts: readonly string[], others: Iterable<string>): string[] {
  const taken = new Set(others);
  return texts.filter((text) => !taken.has(text));
}

/** Each text once, in the order it came first. */
export const once = (texts: readonly string[]): string[] => [...new Set(texts)];
