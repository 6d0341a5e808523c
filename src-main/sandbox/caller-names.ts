/** The caller names (CNAM records) of the account: made, approved or rejected in time, on the simulated clock. */
export type CallerName = {
  readonly value: string;
  /** Milliseconds of the simulated clock. */
  readonly createdAt: number;
};

export type CallerNameState = 'pending' | 'approved' | 'rejected';

const day = 86_400_000;

export class CallerNames {
  /** How long after it was made a record is decided on, in milliseconds. */
  approvalMs = 2 * day;
  #records = new Map<string, CallerName>();
  #next = 23_454;

  constructor() {
    this.add('ACME PBX', Date.UTC(2018, 5, 1));
    this.add('ACME SUPPORT', Date.now());
    this.add('UNKNOWN', Date.UTC(2018, 5, 3));
  }

  /** Ascending by id. */
  all(): readonly (readonly [id: string, record: CallerName])[] {
    return [...this.#records].sort(([a], [b]) => Number(a) - Number(b));
  }

  get(id: string): CallerName | null {
    return this.#records.get(id) ?? null;
  }

  add(value: string, createdAt: number): string {
    const id = String(this.#next++);
    this.#records.set(id, { value, createdAt });
    return id;
  }

  edit(id: string, value: string, createdAt: number): void {
    this.#records.set(id, { value, createdAt });
  }

  delete(id: string): boolean {
    return this.#records.delete(id);
  }

  /** The id that numbers are drawn with: the first, while it is there. */
  drawn(): string | null {
    return this.#records.has('23454') ? '23454' : null;
  }

  has(value: string): boolean {
    return [...this.#records.values()].some((one) => one.value === value);
  }

  stateOf(record: CallerName, now: number): CallerNameState {
    if (now < record.createdAt + this.approvalMs) return 'pending';
    return isMisleading(record.value) ? 'rejected' : 'approved';
  }
}

/** Names that say nothing or something else than who calls. */
const isMisleading = (value: string): boolean =>
  /^(unknown|anonymous|wireless caller|private|toll free|caller)$/i.test(value);

/** The carrier's rule for a name, or null when it keeps it. */
export function problemWithName(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return 'Missing data for required field.';
  if (value.length > 15) return 'Longer than maximum length 15.';
  if (!/[A-Za-z]/.test(value)) return 'Must contain at least one letter.';
  return /^[A-Za-z0-9 \-_.,@+&'/"]+$/.test(value) ? null : 'Contains a character that is not allowed.';
}
