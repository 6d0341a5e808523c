/** Names that may be meant by a few letters of them: as fields for a route offer them, and as the list of routes finds them. */

/** What a word of a name is made of; letters in their order are looked for within one word. */
const word = /[\p{L}\p{M}\p{N}'._-]+/gu;
/** What is looked for: signs and spaces part it into pieces. */
const piece = /[\p{L}\p{M}\p{N}']+/gu;

/**
 * The places of the names that have the typed letters in their order, within a word: "sbwe" is in "sbc-west". Several pieces follow one
 * another: "sb we". Case does not count. Each name is gone through once for each piece, whatever its letters are.
 */
export function nearNames(typed: string, names: readonly string[]): readonly number[] {
  const pieces: readonly string[] = typed.toLowerCase().match(piece) ?? [];
  if (pieces.length === 0) return [];
  return names.flatMap((name, at) => (isNear(name.toLowerCase(), pieces) ? [at] : []));
}

/** Each piece is taken where it ends first, so that those behind it have the most room. */
function isNear(name: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const letters of pieces) {
    const end = endOf(letters, name, from);
    if (end === -1) return false;
    from = end;
  }
  return true;
}

/** Where letters end that stand in this order within a word behind `from`; -1 where they do not. */
function endOf(letters: string, name: string, from: number): number {
  for (const { 0: found, index } of name.slice(from).matchAll(word)) {
    let seen = 0;
    for (let at = 0; at < found.length; at += 1) {
      if (found[at] === letters[seen]) seen += 1;
      if (seen === letters.length) return from + index + at + 1;
    }
  }
  return -1;
}
