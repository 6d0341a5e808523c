/** A column of a spreadsheet, or any list of numbers, pasted into a query: read here, kept by the list as one filter. */
import { readNumberCell } from '#main/contract/cells.ts';
import { joinNumbers, splitQuery } from '#main/contract/query-pieces.ts';
import { parseQuery } from '#main/contract/query.ts';

/** `others`: parts that are no whole number, in their order. */
export type PastedNumbers = { readonly numbers: readonly string[]; readonly others: readonly string[] };

/**
 * Reads a text as a list of whole numbers, one a line or with tabs, commas or semicolons between them. Null for what is not
 * one: a single number, or a text in which most lines have none.
 */
export function readNumberList(text: string): PastedNumbers | null {
  const numbers = new Set<string>();
  const others: string[] = [];
  let lines = 0;
  for (const line of text.split(/\r\n?|[\n\v\f\u0085\u2028\u2029]/)) {
    if (line.trim() === '') continue;
    const found = numbersOf(line);
    if (found.length > 0) lines += 1;
    else others.push(line.trim());
    for (const number of found) numbers.add(number);
  }
  return numbers.size > 1 && others.length <= lines ? { numbers: [...numbers], others } : null;
}

/** The place of a line in a list that counts: "1. " or "12) ". */
const ordinal = /^\s*\d{1,4}[.)]\s+(?=\S)/;

/** The numbers of a line: the whole of it, its cells, or its words. */
function numbersOf(line: string): string[] {
  const whole = readNumberCell(line) ?? readNumberCell(line.replace(ordinal, ''));
  if (whole !== null) return [whole];
  const cells = line.split(/[\t,;|]|\s\/\s/).flatMap((cell) => readNumberCell(unquoted(cell)) ?? []);
  if (cells.length > 0) return cells;
  const words = joinNumbers(splitQuery(line)).map(({ text }) => readNumberCell(text));
  return words.every((number) => number !== null) ? words : [];
}

function unquoted(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/s, '$1');
}

/** The query with a kept set where the cursor or what was marked was, instead of any set before. */
export function withNumbers(text: string, id: string, from: number, to: number): string {
  const marked = [text.slice(0, from), `numbers:${id}`, text.slice(to)].join(' ');
  const kept = parseQuery(marked).tokens.filter((token) => token.key !== 'numbers' || token.value === id);
  return `${kept.map((token) => marked.slice(token.start, token.end).trim()).join(' ')} `;
}

/** What is said of parts that were no numbers; '' for none. */
export function saidOthers(others: readonly string[]): string {
  const [first = ''] = others;
  if (others.length === 0) return '';
  const shown = first.length > 40 ? `${first.slice(0, 39)}…` : first;
  return others.length === 1
    ? `One line was no number: ${shown}`
    : `${others.length.toLocaleString('en-US')} lines were no numbers, such as ${shown}`;
}
