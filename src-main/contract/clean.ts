/**
 * What people paste, cleaned in one place: marks nobody sees, digits of other scripts, every kind of dash and separator,
 * `tel:` and `sip:`, extensions. Pure, used by every process.
 */

/** Marks of writing direction, joiners, soft hyphens, variation selectors and the like: nothing of them is seen. */
const invisibleClass = String.raw`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{e0000}-\u{e0fff}`;
// eslint-disable-next-line no-misleading-character-class -- each of these marks is meant by itself
const invisible = new RegExp(`[${invisibleClass}]`, 'gu');
const ends = new RegExp(
  // eslint-disable-next-line no-misleading-character-class -- the same
  `^[\\s${invisibleClass}\\u0000-\\u001f\\u007f-\\u009f]+|[\\s${invisibleClass}\\u0000-\\u001f\\u007f-\\u009f]+$`,
  'gu',
);
/** Hyphens, minus signs and what looks like them: all of Unicode's dashes and the rest that keyboards and fonts offer. */
const dashes =
  /[\p{Pd}\u00af\u02c9\u02cd\u02d7\u06d4\u2043\u2053\u207b\u208b\u2212\u223c\u223d\u2500\u2501\u2796\u30fc\uff5e\uff70~_]/gu;
/** Dots that stand between digits. */
const dots = /[\u00b7\u0387\u2022\u2024\u2027\u2219\u22c5\u30fb\uff0e\uff65]/g;
const slashes = /[\u2044\u2215\u29f8\uff0f|\\]/g;
const otherDigits = /[\p{Nd}--[0-9]]/gv;
const printable = /^[\x20-\x7d]*$/;

/** A text without what nobody sees in it. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '');
}

/** Somebody else's words as one line: without what nobody sees, which could also turn the direction of what stands beside it. */
export function asOneLine(text: string): string {
  return withoutInvisible(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** True for a text in which somebody can see something. */
export function isVisible(text: string): boolean {
  return /[^\s\p{C}\p{Z}\u2800]/u.test(withoutInvisible(text));
}

/** A key as it was meant: white space and invisible marks at its ends come from copying. Inside nothing is touched. */
export function trimKey(text: string): string {
  return text.replace(ends, '');
}

const zeros = new Map<string, number>();

/** 0 to 9. The decimal digits of every script stand in rows of ten, from zero on. */
function valueOf(digit: string): number {
  const kept = zeros.get(digit);
  if (kept !== undefined) return kept;
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (first > 0 && /^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first -= 1;
  const value = (code - first) % 10;
  zeros.set(digit, value);
  return value;
}

/**
 * A text with plain digits, dashes, dots and spaces, and without what nobody sees. Letters and signs typed in full width
 * become plain too. For what is read as a number or as a key, not for names.
 */
export function plainText(text: string): string {
  if (printable.test(text) && !text.includes('_') && !text.includes('|') && !text.includes('\\')) return text;
  return withoutInvisible(text)
    .replace(/[\uff01-\uff5d]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(otherDigits, (digit) => String(valueOf(digit)))
    .replace(dashes, '-')
    .replace(dots, '.')
    .replace(slashes, '/')
    .replace(/\s/g, ' ');
}

/** A number as somebody typed it. */
export type TypedNumber = {
  readonly digits: string;
  /** It began with a plus sign, or with 00 or 011 for one: the digits begin with a country's code. */
  readonly international: boolean;
  /** Digits of an extension; null for none. */
  readonly extension: string | null;
};

const separators = /\D/g;
const extensionAtEnd = /[\s,;]*(?:\bext(?:ension|n)?\b\.?|(?<=[\d\s)])x|#)[\s.:=]*(\d{1,10})$/i;

/** A longer text is no number, however many digits it has. Cells of a file may have megabytes. */
const longest = 1_000;

/** Reads digits with anything that stands between them; null when there is something else, or no digit. */
export function readTyped(text: string): TypedNumber | null {
  if (text.length > longest) return null;
  // Most numbers are digits with plain marks between them: a file has 100,000 of them.
  if (plainNumber.test(text)) return typedOf(text, null);
  let rest = plainText(text).trim();
  if (rest.startsWith('<') && rest.endsWith('>')) rest = rest.slice(1, -1).trim();
  let extension: string | null = null;
  const uri = /^(?:tel|sips?|callto|sms|fax|voip)\s*:\s*(?:\/\/)?/i.exec(rest);
  if (uri) {
    rest = rest.slice(uri[0].length);
    // Without a user part there is a host only, and "192.0.2.1" is no number.
    if (/^sip/i.test(uri[0]) && !rest.includes('@') && rest.includes('.')) return null;
    extension = /;\s*(?:ext|postd)=([^;@?]*)/i.exec(rest)?.[1]?.replace(separators, '') || null;
    rest = rest.replace(/@.*$/s, '').replace(/[;?].*$/s, '');
  } else {
    const parameters = /^([^;@]*\d)\s*;\s*(?:ext\s*=\s*(\d{1,10})?|phone-context=\S*|user=phone)\s*$/i.exec(
      rest,
    );
    if (parameters) {
      rest = parameters[1] ?? '';
      extension = parameters[2] ?? null;
    }
  }
  const typed = extensionAtEnd.exec(rest);
  if (typed) {
    extension = typed[1] ?? null;
    rest = rest.slice(0, typed.index);
  }
  return plainNumber.test(rest) ? typedOf(rest, extension) : null;
}

// The pattern begins with a digit that no other part can take: otherwise a long row of digits with a letter behind it takes very long.
const plainNumber = /^[ +().\-/]*\d[ +().\-/\d]*$/;

/** The digit that is dialled inside a country only, as people write it: "+44 (0)20 7946 0958". */
const trunk = /(?<=\d[ .\-/]*)\(0\)/;

function typedOf(written: string, extension: string | null): TypedNumber {
  const isAbroad = /^\D*(?:\+|00|011)/.test(written);
  const text = isAbroad && written.includes('(0)') ? written.replace(trunk, '') : written;
  const digits = text.replace(separators, '');
  if (text.includes('+') && /^\D*\+/.test(text)) return { digits, international: true, extension };
  const prefix = digits.startsWith('0') ? /^(?:00|011)(?=[1-9]\d{6,14}$)/.exec(digits) : null;
  return prefix
    ? { digits: digits.slice(prefix[0].length), international: true, extension }
    : { digits, international: false, extension };
}
