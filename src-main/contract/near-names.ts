/** Names that may be meant by a few letters of them: as fields for a route offer them, and as the list of routes finds them. */
import uFuzzy from '@leeoniya/ufuzzy';

const fuzzy = new uFuzzy({ intraIns: Number.POSITIVE_INFINITY, intraChars: "[a-z\\d'._-]" });

/** The places of the names that have the typed letters in their order, within a word: "sbwe" is in "sbc-west". */
export function nearNames(typed: string, names: readonly string[]): readonly number[] {
  return fuzzy.filter([...names], typed) ?? [];
}
