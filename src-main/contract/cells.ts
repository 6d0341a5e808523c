import { plainText, readTyped, withoutInvisible } from './clean.ts';
import type { NumberTrouble } from './left-out.ts';
import { isNorthAmerican, isSeveral, phoneNumberOf, readPhoneNumber } from './phone.ts';

const plain = /^[A-Za-z0-9_][\w.:@-]*$/;

/** A cell without what nobody sees around it, and without what a spreadsheet needs to keep it text. */
export function readCell(cell: string): string {
  // Most cells are plain: a file has 300,000 of them.
  if (plain.test(cell)) return cell;
  const text = withoutInvisible(cell).replaceAll('\u00a0', ' ').trim();
  const formula = /^="(.*)"$/s.exec(text)?.[1];
  if (formula !== undefined) return formula.replaceAll('""', '"').trim();
  return unguarded(text);
}

const guard = /^'*[=+\-@\t\r]/;

/** A cell that a spreadsheet would run as a formula is kept as text by a quote mark before it, and one that looks so as well. */
export function guarded(text: string): string {
  return guard.test(text) ? `'${text}` : text;
}

/** A cell without the quote mark that `guarded` put before it. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && guard.test(cell) ? cell.slice(1) : cell;
}

/**
 * Reads a number in any form that people and spreadsheets write, `12065550142.0`, `1.2065550142E10` and `tel:+1…` included,
 * into its digits with the country's code; null when it is none (`readPhoneNumber`).
 */
export function readNumberCell(cell: string): string | null {
  if (/^1\d{10}$/.test(cell)) return readPhoneNumber(cell);
  const text = plainText(readCell(cell)).trim().replace(/^'/, '');
  const digits = text.endsWith('0') ? text.replace(/^(\d{10,15})\.0+$/, '$1') : text;
  return readPhoneNumber(fromExponent(digits) ?? digits);
}

/** Why a cell is not a number. A spreadsheet that once opened the file may have made a large number of it. */
export function whyNotANumber(cell: string): NumberTrouble {
  const written = readCell(cell);
  if (written === '') return { code: 'number-missing', detail: null };
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(written)) {
    return { code: 'number-shortened', detail: null };
  }
  const typed = readTyped(written);
  if (typed && typed.extension !== null && phoneNumberOf(typed) !== null) {
    return { code: 'number-extension', detail: typed.extension };
  }
  if (typed && isSeveral(written)) return { code: 'number-several', detail: null };
  if (typed?.international && !isNorthAmerican(typed.digits)) {
    return { code: 'number-length', detail: null };
  }
  return { code: 'number-odd', detail: null };
}

/** The digits of `1.2065550142E+10`; null where there are fewer digits than the exponent says, since the others may be lost. */
function fromExponent(text: string): string | null {
  const [, first, rest, exponent] = /^(\d)[.,](\d+)e\+?(\d+)$/i.exec(text) ?? [];
  if (first === undefined || rest === undefined) return null;
  return rest.length === Number(exponent) ? first + rest : null;
}
