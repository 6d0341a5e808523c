/**
 * The text of a query as its field shows it: pieces that are finished as pills, and behind them the draft, which is what is
 * being typed. The text stays the truth: pills and draft one after another are the query.
 */
import type { QueryToken } from '#main/contract/numbers.ts';

export type Parts = { readonly pills: readonly string[]; readonly draft: string };

/** A query language, as far as a field has to know it. */
export type QueryReader = {
  /** The pieces of a text, each where it stands. Never throws. */
  readonly read: (text: string) => readonly QueryToken[];
  /** True for a piece that is understood and may yet go on with the next word, as `area:new` does. */
  readonly goesOn?: (token: QueryToken) => boolean;
};

/** A key with a colon, a minus, or quotes on both sides: what is meant as a filter of its own, and no word among words. */
const standsOut = /^-.|^\p{L}+[:\uff1a]|^"[^"]+"$/u;

/** The text of pills and draft. */
export function textOf({ pills, draft }: Parts): string {
  const told = pills.join(' ');
  return told && draft ? `${told} ${draft}` : told || draft;
}

/** A text that came from elsewhere: every finished piece that stands out is a pill. */
export function partsOf(text: string, reader: QueryReader): Parts {
  const tokens = reader.read(text);
  const all = taken(text, tokens.filter(isFinished), reader);
  if (all) return all;
  // Without a pill in the middle, words that stood apart would mean something else: only the pills in front are taken.
  const end = tokens.findIndex((token) => !isFinished(token));
  return taken(text, tokens.slice(0, end), reader) ?? { pills: [], draft: text };
}

/**
 * What was typed, with the caret at `caret`: each finished piece with a space behind it, all before the caret, becomes a pill.
 * `caret` is then where it is in the new draft.
 */
export function typed(
  { pills, draft }: Parts,
  caret: number,
  reader: QueryReader,
): { readonly parts: Parts; readonly caret: number } {
  const ready = reader
    .read(draft)
    .filter(
      (token) =>
        token.end < caret &&
        /\s/.test(draft.charAt(token.end)) &&
        isFinished(token) &&
        !(reader.goesOn?.(token) ?? false),
    );
  const made = taken(draft, ready, reader);
  if (!made || made.pills.length === 0) return { parts: settled({ pills, draft }, reader), caret };
  const behind = draft.slice(caret);
  return {
    parts: settled({ pills: [...pills, ...made.pills], draft: made.draft }, reader),
    caret: made.draft.length - behind.length,
  };
}

/** The draft was ended, as by Enter: every finished piece becomes a pill, words that have a meaning of their own too. */
export function ended({ pills, draft }: Parts, reader: QueryReader): Parts {
  const tokens = reader.read(draft);
  const ready = tokens.filter((token) => !token.unfinished && (isFinished(token) || token.key !== null));
  const made = taken(draft, ready, reader) ?? taken(draft, tokens.filter(isFinished), reader);
  return made ? settled({ pills: [...pills, ...made.pills], draft: made.draft }, reader) : { pills, draft };
}

/** One pill less. */
export function without({ pills, draft }: Parts, at: number): Parts {
  return { pills: pills.filter((_, index) => index !== at), draft };
}

/** A pill is opened as text again, in front of the draft. */
export function opened(parts: Parts, at: number): Parts {
  const pill = parts.pills[at] ?? '';
  const behind = parts.draft.trimStart();
  return { pills: without(parts, at).pills, draft: behind ? `${pill} ${behind}` : pill };
}

/** A pill more, in the place of the text [from, to) of the draft. */
export function withPill(
  { pills, draft }: Parts,
  pill: string,
  from: number,
  to: number,
  reader: QueryReader,
): Parts {
  return settled({ pills: [...pills, pill], draft: cut(draft, [{ start: from, end: to }]) }, reader);
}

function isFinished(token: QueryToken): boolean {
  return !token.unfinished && standsOut.test(token.text);
}

/** Takes tokens out of a text; null when what is left would mean something else. */
function taken(text: string, tokens: readonly QueryToken[], reader: QueryReader): Parts | null {
  const pills = tokens.map((token) => text.slice(token.start, token.end).trim());
  const parts = settled({ pills, draft: cut(text, tokens) }, reader);
  return meaning(textOf(parts), reader) === meaning(text, reader) ? parts : null;
}

function cut(text: string, tokens: readonly { readonly start: number; readonly end: number }[]): string {
  let left = '';
  let from = 0;
  for (const { start, end } of tokens) {
    left += text.slice(from, start);
    from = end;
    if (left.trim() === '') left = '';
    // One space is enough where a pill was between two.
    else if (/\s$/.test(left)) while (/\s/.test(text.charAt(from))) from += 1;
  }
  left += text.slice(from);
  return left.trim() === '' ? '' : left.trimStart();
}

function meaning(text: string, reader: QueryReader): string {
  return reader
    .read(text)
    .map(({ negated, key, value }) => `${negated ? '-' : ''}${key ?? ''}:${value}`)
    .toSorted()
    .join('\n');
}

/** A pill that would run together with what stands behind it gets quotes: `area:new` before `jersey` stays what it is. */
function settled({ pills, draft }: Parts, reader: QueryReader): Parts {
  const tokens = reader.read(textOf({ pills, draft }));
  let start = 0;
  const apart = pills.map((pill) => {
    const end = start + pill.length;
    const alone = tokens.some((token) => token.start === start && token.end === end);
    start = end + 1;
    return alone ? pill : quoted(pill);
  });
  return { pills: apart, draft };
}

function quoted(pill: string): string {
  if (pill.includes('"')) return pill;
  const [, key = '', value = ''] = /^(-?(?:\p{L}+[:\uff1a])?)(.*)$/su.exec(pill) ?? [];
  return `${key}"${value}"`;
}
