import { guarded } from '#main/contract/cells.ts';

/** One CSV text with CRLF. A cell a spreadsheet would run as a formula is kept as text by a leading quote mark. */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map((cell) => quote(String(cell))).join(',')).join('\r\n') + '\r\n';
}

function quote(cell: string): string {
  const safe = guarded(cell);
  // White space at an end is kept by quotes only.
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Gives a text, whole or in parts, to the person as a file. A CSV begins with the mark by which Excel knows UTF-8. */
export function download(name: string, ...parts: string[]): void {
  const link = document.createElement('a');
  const csv = name.endsWith('.csv');
  const type = csv ? 'text/csv' : 'text/plain';
  link.href = URL.createObjectURL(new Blob(csv ? ['\ufeff', ...parts] : parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file of the person as base64, for the way to the main process. */
export async function readBase64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  // In pieces: one call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  }
  return btoa(binary);
}
