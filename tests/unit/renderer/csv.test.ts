import { expect, test } from 'vitest';
import { toCsv } from '../../../src-renderer/lib/csv.ts';

test('cells are quoted, and what a spreadsheet would run stays text', () => {
  const rows = [
    ['a,b', 'say "hi"', 'two\nlines', 7],
    ['=SUM(A1)', '+1', '-1', '@x'],
  ];
  expect(toCsv(rows)).toBe('"a,b","say ""hi""","two\nlines",7\r\n\'=SUM(A1),\'+1,\'-1,\'@x\r\n');
});
