import { keysOf } from '#main/contract/commands.ts';
import { copiedNumber, type NumberFormat } from '#main/contract/phone.ts';
import { numbersOf } from '#main/contract/words.ts';
import type { RowAction } from './table.ts';

const formatNames: Readonly<Record<NumberFormat, string>> = {
  e164: 'E.164',
  national: 'national',
  international: 'international',
  digits: 'digits',
};

/**
 * How a row's menu copies numbers, with the keys that do the same everywhere; `usual` is the format of the settings. `verb` says what
 * is copied of a row that is no number.
 */
export function copyActions(
  usual: NumberFormat,
  platform: string,
  copy: (format: NumberFormat) => void,
  verb = 'Copy',
): RowAction[] {
  const ways = [
    [verb, usual, 'CommandOrControl+C'],
    [`${verb} as E.164`, 'e164', 'CommandOrControl+Shift+C'],
    [`${verb} as digits`, 'digits', 'CommandOrControl+Alt+C'],
  ] as const;
  return ways.map(([label, format, keys]) => ({
    ...{ label, keys: keysOf(keys, platform) },
    run: () => {
      copy(format);
    },
  }));
}

/** Puts a text on the clipboard; resolves with what to say: `said`, or that the clipboard refused it. */
export async function copyText(text: string, said: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return 'The clipboard refused the text. Click into the window and try again.';
  }
  return said;
}

/** Puts numbers on the clipboard, one a line; resolves with what to say. */
export function copyNumbers(numbers: readonly string[], format: NumberFormat): Promise<string> {
  const written = numbers.map((number) => copiedNumber(number, format));
  const what = numbers.length === 1 ? written[0] : `${numbersOf(numbers.length)} as ${formatNames[format]}`;
  return copyText(written.join('\n'), `Copied ${what ?? ''}`);
}
