/** What is kept and passed on of why something is so: a code, and its data. Sentences are made of it where they are shown. */
export type Coded = { readonly code: string; readonly detail: unknown };

/** A sentence for each code, made of the code's data. */
export type Words = Readonly<Record<string, (detail: never) => string>>;

/** The codes of a table of words, each with the data that its sentence is made of; null where it needs none. */
export type CodedBy<W extends Words> = {
  [C in keyof W & string]: {
    readonly code: C;
    readonly detail: Parameters<W[C]> extends [infer D] ? D : null;
  };
}[keyof W & string];

const longest = 1_000;

/** A text as a sentence takes it. Throws for anything else, which a damaged record, or one from elsewhere, may hold. */
export function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no text');
  return value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
}

/** The same of a count or of cents. */
export function amount(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('no number');
  return value;
}

/** The sentence; '' for null. One that cannot be made says so: a record may hold a code or data of no sentence. */
export function wordsBy(words: Words, coded: Coded | null): string {
  if (coded === null) return '';
  const say = Object.hasOwn(words, coded.code) ? words[coded.code] : undefined;
  try {
    if (say) return say(coded.detail as never);
  } catch {
    // Data of another form than the code has.
  }
  return 'What is kept of this cannot be read.';
}
