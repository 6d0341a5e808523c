import type { Coded } from '../contract/coded.ts';

/** A code and its data as two columns of a table: '' stands for nothing said. */
export function toColumns(coded: Coded | null): [code: string, detail: string] {
  return [coded?.code ?? '', JSON.stringify(coded?.detail ?? null)];
}

/** What `toColumns` wrote. */
export function fromColumns<C extends Coded>(code: string, detail: string): C | null {
  return code === '' ? null : ({ code, detail: JSON.parse(detail) as unknown } as C);
}
