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

/** The sentence. A record that was damaged, or comes from elsewhere, may hold a code or data of no sentence: then it is ''. */
export function wordsBy(words: Words, coded: Coded | null): string {
  const say = coded && Object.hasOwn(words, coded.code) ? words[coded.code] : undefined;
  try {
    return say ? String(say(coded?.detail as never)) : '';
  } catch {
    return '';
  }
}
