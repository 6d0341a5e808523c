/** Bytes of one number: up to fifteen digits, zeros after shorter ones, and how many digits there are. No match can span two numbers. */
export const stride = 16;
/** Where a number has its length, after its first digit. */
export const lengthAt = 15;
/** The character of the digit 0; the other digits follow it. */
export const zero = 0x30;

/** A smaller block is allocated as it is. */
const smallBlock = 2 * 2 ** 20;
/** The system's allocator keeps what it gave in pieces of up to 32 MB, and gives larger ones back when they are dropped. */
const largeBlock = 34 * 2 ** 20;

/**
 * One block for many things of so many bytes, and for how many there is room. A long list gets a large block: parts of it
 * that are never written to cost nothing, and it leaves nothing behind. A first sync of a million numbers moves everything a
 * dozen times.
 */
export function blockFor(count: number, bytes: number): { block: ArrayBuffer; capacity: number } {
  const capacity = count * bytes < smallBlock ? count : Math.max(count, Math.ceil(largeBlock / bytes));
  return { block: new ArrayBuffer(capacity * bytes), capacity };
}

/** Gives a block back now: a thread that has come to rest may not collect what it dropped for a long time. */
export function release(block: ArrayBuffer): void {
  block.transfer(0);
}
