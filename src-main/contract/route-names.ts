/** Names of routes: which listed one is meant, and which look alike. The listed characters are what is sent. */
import { isVisible, withoutInvisible } from './clean.ts';

/** A listed name may have any characters and any length that an address can carry. */
export const mostRouteName = 8_192;

/** A name with its accents in one form and its white space as single spaces: what two people would type alike. */
function normalName(name: string): string {
  return name.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Printable ASCII with single spaces inside: only its case has to be made equal. */
const plain = /^[!-~]+(?: [!-~]+)*$/;

/** For finding by name: also without case and without marks that nobody sees. */
export function foldName(name: string): string {
  // Most names are plain, and a column may have a million of them.
  if (plain.test(name)) return name.toLowerCase();
  return normalName(withoutInvisible(name)).toLowerCase();
}

/** Hyphens that cannot be told from the one on the keyboard: text programs put them in its place. */
const hyphens = /[\u2010-\u2015\u2043\u2212]/g;

/** Two names with the same one are easily taken for each other: width, white space, case, kinds of hyphens and hidden marks do not tell them apart. */
function lookOf(name: string): string {
  return withoutInvisible(name.normalize('NFKC')).replace(hyphens, '-').replace(/\s+/gu, '').toLowerCase();
}

/** Finds the listed name that is meant: the very same, else the one that is equal when both are normalised. */
export class RouteNames {
  #names: ReadonlySet<string>;
  /** By normalised name; null where several have it. */
  #normal = new Map<string, string | null>();
  #looks: Map<string, string[]> | null = null;
  /** By letters and digits alone; null where several have them. */
  #letters: Map<string, string | null> | null = null;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
    for (const name of this.#names) {
      const normal = normalName(name);
      this.#normal.set(normal, this.#normal.has(normal) ? null : name);
    }
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The listed name, or null for one that is not listed, or that may be several. */
  find(typed: string): string | null {
    if (this.#names.has(typed)) return typed;
    return (
      this.#normal.get(normalName(typed)) ?? this.#normal.get(normalName(withoutInvisible(typed))) ?? null
    );
  }

  /** Listed names that are easily taken for this one, itself not among them. */
  similar(name: string): readonly string[] {
    if (!this.#looks) {
      this.#looks = new Map();
      for (const one of this.#names) {
        const look = lookOf(one);
        const others = this.#looks.get(look);
        if (others) others.push(one);
        else this.#looks.set(look, [one]);
      }
    }
    return (this.#looks.get(lookOf(name)) ?? []).filter((one) => one !== name);
  }

  /** The listed name that was probably meant by one that is not listed: the only one that differs in signs and case alone. */
  meant(typed: string): string | null {
    const [only, ...others] = this.similar(typed);
    if (only !== undefined) return others.length === 0 ? only : null;
    if (!this.#letters) {
      this.#letters = new Map();
      for (const name of this.#names) {
        const letters = lettersOf(name);
        this.#letters.set(letters, this.#letters.has(letters) ? null : name);
      }
    }
    const wanted = lettersOf(typed);
    return wanted ? (this.#letters.get(wanted) ?? null) : null;
  }
}

function lettersOf(name: string): string {
  return lookOf(name).replace(/[^\p{L}\p{N}]/gu, '');
}

/** Why a name cannot be told from nothing, or null. */
export function unseenProblem(name: string): string | null {
  return isVisible(name) ? null : 'A name needs characters that can be seen.';
}
