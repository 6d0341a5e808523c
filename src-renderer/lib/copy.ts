import { formatNumber, type NumberFormat } from '#main/contract/phone.ts';
import { numbersOf } from '#main/contract/words.ts';

const formatNames: Readonly<Record<NumberFormat, string>> = {
  e164: 'E.164',
  national: 'national',
  international: 'international',
  digits: 'digits',
};

/** Puts numbers on the clipboard, one a line; resolves with what to say. */
export async function copyNumbers(numbers: readonly string[], format: NumberFormat): Promise<string> {
  try {
    await navigator.clipboard.writeText(numbers.map((number) => formatNumber(number, format)).join('\n'));
  } catch {
    return 'The clipboard refused the text. Click into the window and try again.';
  }
  const [first = ''] = numbers;
  if (numbers.length === 1) return `Copied ${formatNumber(first, format)}`;
  return `Copied ${numbersOf(numbers.length)} as ${formatNames[format]}`;
}
