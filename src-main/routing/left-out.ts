import type { LeftOut } from '../contract/left-out.ts';

/** What the journal keeps of why a number is left out. */
export function leftOutOf(code: LeftOut['code'], detail: string): LeftOut {
  return { code, detail: JSON.parse(detail) as unknown } as LeftOut;
}
