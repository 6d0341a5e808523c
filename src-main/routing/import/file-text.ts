import { failure } from '../../contract/errors.ts';

/**
 * Bytes of a file as text: by the mark at the beginning, by zero bytes (UTF-16), else UTF-8, else Windows-1252. Rejects
 * with `invalid-input` what is no text, and what is UTF-8 with damaged places: half of it would be read as other letters.
 */
export function decodeFile(bytes: Uint8Array): string {
  const begins = (...start: number[]) => start.every((byte, at) => bytes[at] === byte);
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0xd0, 0xcf, 0x11, 0xe0)) {
    throw failure(
      'invalid-input',
      'This is a spreadsheet, not a CSV file.',
      'Save it as CSV (UTF-8) and choose that file.',
    );
  }
  const marked = begins(0xff, 0xfe)
    ? 'utf-16le'
    : begins(0xfe, 0xff)
      ? 'utf-16be'
      : begins(0xef, 0xbb, 0xbf)
        ? 'utf-8'
        : null;
  const text = decoded(bytes, marked ?? guess(bytes));
  if (text !== null && !text.includes('\u0000')) return text;
  throw failure(
    'invalid-input',
    'The file is not text, or its encoding is damaged.',
    'Save it as CSV (UTF-8) and try again.',
  );
}

function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function guess(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 4096);
  let [even, odd] = [0, 0];
  sample.forEach((byte, at) => {
    if (byte !== 0) return;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  });
  if (odd > sample.length / 4 && even === 0) return 'utf-16le';
  if (even > sample.length / 4 && odd === 0) return 'utf-16be';
  if (decoded(bytes, 'utf-8') !== null) return 'utf-8';
  // Letters that are right as UTF-8 are hardly ever right as anything else: then the others are damage.
  const right = /[^\p{ASCII}\ufffd]/u.test(new TextDecoder('utf-8').decode(bytes));
  return right ? 'utf-8' : 'windows-1252';
}
