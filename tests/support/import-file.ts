import { failure } from '../../src-main/contract/errors.ts';
import type { ImportMapping } from '../../src-main/contract/importing.ts';
import { mappingOf } from '../../src-main/routing/import/file-columns.ts';
import { columnsOf, openImport, readRows, type ImportedRow } from '../../src-main/routing/import/import.ts';

/**
 * The rows of a file as a draft reads them, its columns used as `chosen` says or else as they are called. A file of which a person would
 * be asked something is refused with that question.
 */
export function readImport(bytes: Uint8Array, chosen: ImportMapping | null = null): ImportedRow[] {
  const lines = openImport(bytes);
  const file = columnsOf(lines, chosen);
  const mapping = file.question === null ? mappingOf(file) : null;
  if (!mapping) throw failure('invalid-input', file.question ?? 'no mapping', 'Say which column is which.');
  return readRows(lines, mapping);
}
