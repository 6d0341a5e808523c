import type { OddRecord, OddRecords } from '../contract/model.ts';

/** So many are named on screen; all are counted. */
const mostNamed = 5;
/** So many are told apart. A list with more odd records than this is not the list it should be. */
const mostKept = 10_000;

/** No odd record. */
export const noOdd: OddRecords = { count: 0, some: [] };

/** The odd records of one list as its pages come; one that comes twice counts once. */
export class OddList {
  #byName = new Map<string, OddRecord>();

  add(records: readonly OddRecord[]): void {
    for (const record of records) {
      if (this.#byName.size < mostKept) this.#byName.set(`${record.what} ${record.name}`, record);
    }
  }

  get names(): string[] {
    return [...this.#byName.values()].map((record) => record.name);
  }

  get records(): OddRecords {
    return oddRecords([...this.#byName.values()].slice(0, mostNamed), this.#byName.size);
  }
}

/** `some` of `count` odd records, as a window gets them. */
export function oddRecords(some: readonly OddRecord[], count: number): OddRecords {
  return { count, some: some.slice(0, mostNamed).map((record) => ({ ...record, name: shown(record.name) })) };
}

/** A name as a line can show it: without control characters, at most 40 characters. */
function shown(name: string): string {
  return name.replace(/\p{C}/gu, '').trim().slice(0, 40) || 'without a name';
}
