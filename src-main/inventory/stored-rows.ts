import type { OwnedNumber } from '../contract/model.ts';
import type { NumberRow } from '../contract/numbers.ts';
import type { IndexedNumber } from './index/indexed-number.ts';

/** So many rows are written or shown between two looks at what else is asked. */
const part = 1_000;

/** Rows in portions that are written or shown between two looks at what else is asked. */
export function parts<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / part) }, (_, at) =>
    rows.slice(at * part, (at + 1) * part),
  );
}

/** A number as the carrier has it; `seenAt` in Unix milliseconds. */
export function toRow(item: OwnedNumber, seenAt: number): IndexedNumber {
  const { primary, failover } = item.routes;
  return {
    number: item.number,
    primary: primary.name,
    primaryType: primary.type,
    failover: failover.name,
    failoverType: failover.type,
    billing: item.billing,
    seenAt,
  };
}

/** True when anything but the time differs. */
export function differs(a: NumberRow, b: IndexedNumber): boolean {
  return (
    a.primary !== b.primary ||
    a.primaryType !== b.primaryType ||
    a.failover !== b.failover ||
    a.failoverType !== b.failoverType ||
    a.billing !== b.billing
  );
}

/** The same number twice in one page is one number: the later word on it counts. */
export function once(items: readonly OwnedNumber[]): OwnedNumber[] {
  return [...new Map(items.map((item) => [item.number, item])).values()];
}
