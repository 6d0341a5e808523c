import type { Clause } from '../contract/query.ts';
import { SIP_REG } from '../contract/model.ts';
import { stride, type NumberIndex } from './number-index.ts';

/** Marks (1) the slots that pass every clause. */
export function filterSlots(index: NumberIndex, clauses: readonly Clause[]): Uint8Array {
  const passing = new Uint8Array(index.count).fill(1);
  for (const clause of clauses) {
    const marks = marksOf(index, clause);
    const wanted = clause.negated ? 0 : 1;
    for (let slot = 0; slot < passing.length; slot += 1) {
      if (marks[slot] !== wanted) passing[slot] = 0;
    }
  }
  return passing;
}

function marksOf(index: NumberIndex, clause: Clause): Uint8Array {
  const marks = new Uint8Array(index.count);
  switch (clause.field) {
    case 'contains':
      for (const value of clause.values) markContaining(index, value, marks);
      return marks;
    case 'starts':
      for (const value of clause.values) markAt(index, value, value.startsWith('1') ? 0 : 1, marks);
      return marks;
    case 'ends':
      for (const value of clause.values) markAt(index, value, 11 - value.length, marks);
      return marks;
    case 'npa':
      for (const value of clause.values) markAt(index, value, 1, marks);
      return marks;
    case 'nxx':
      for (const value of clause.values) markAt(index, value, 4, marks);
      return marks;
    case 'state':
      return markIds(index.state, index.states.table(oneOf(clause.values)), marks);
    case 'area':
      return markIds(index.area, index.areas.table(includesOneOf(clause.values)), marks);
    case 'billing':
      return markIds(index.billing, index.billings.table(oneOf(clause.values)), marks);
    case 'route':
      markIds(index.primary, routeTable(index, clause.values), marks);
      return markIds(index.failover, routeTable(index, clause.values), marks);
    case 'primary':
      return markIds(index.primary, routeTable(index, clause.values), marks);
    case 'failover':
      markIds(
        index.failover,
        routeTable(
          index,
          clause.values.filter((value) => value !== 'none'),
        ),
        marks,
      );
      return clause.values.includes('none') ? markNoFailover(index, marks) : marks;
    case 'word':
      markIds(
        index.primary,
        index.routes.table((route) => includesOneOf(clause.values)(route.name)),
        marks,
      );
      markIds(
        index.failover,
        index.routes.table((route) => includesOneOf(clause.values)(route.name)),
        marks,
      );
      markIds(index.area, index.areas.table(includesOneOf(clause.values)), marks);
      return markIds(index.state, index.states.table(oneOf(clause.values)), marks);
  }
}

/** One native scan over all digits; the zero between numbers stops a match from spanning two. */
function markContaining(index: NumberIndex, value: string, marks: Uint8Array): void {
  const end = index.count * stride;
  const digits = index.digits.subarray(0, end);
  const needle = Buffer.from(value, 'latin1');
  for (let at = digits.indexOf(needle); at >= 0;) {
    const slot = Math.floor(at / stride);
    marks[slot] = 1;
    at = digits.indexOf(needle, (slot + 1) * stride);
  }
}

function markAt(index: NumberIndex, value: string, offset: number, marks: Uint8Array): void {
  const needle = Buffer.from(value, 'latin1');
  const { digits } = index;
  if (offset + needle.length > 11) return;
  for (let slot = 0, base = offset; slot < marks.length; slot += 1, base += stride) {
    let same = true;
    for (let i = 0; same && i < needle.length; i += 1) same = digits[base + i] === needle[i];
    if (same) marks[slot] = 1;
  }
}

function markIds(ids: Uint16Array | Uint32Array, table: Uint8Array, marks: Uint8Array): Uint8Array {
  for (let slot = 0; slot < marks.length; slot += 1) {
    if (table[ids[slot] ?? 0] === 1) marks[slot] = 1;
  }
  return marks;
}

/** No real failover: the second route is the built-in default, or the same as the first. */
function markNoFailover(index: NumberIndex, marks: Uint8Array): Uint8Array {
  const builtIn = index.routes.table((route) => route.name === SIP_REG);
  for (let slot = 0; slot < marks.length; slot += 1) {
    const failover = index.failover[slot] ?? 0;
    if (builtIn[failover] === 1 || failover === index.primary[slot]) marks[slot] = 1;
  }
  return marks;
}

function routeTable(index: NumberIndex, values: readonly string[]): Uint8Array {
  return index.routes.table((route) => oneOf(values)(route.name));
}

const oneOf = (values: readonly string[]) => (text: string) => values.includes(text.toLowerCase());

const includesOneOf = (values: readonly string[]) => (text: string) =>
  values.some((value) => text.toLowerCase().includes(value));
