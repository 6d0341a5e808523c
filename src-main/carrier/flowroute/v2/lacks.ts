/** When something was found missing (Unix milliseconds); absent for what was not. It is kept with the account. */
export type Lacks = {
  readonly manyDetails?: number | undefined;
  readonly routeList?: number | undefined;
};

/** What was found missing is looked for again after this. */
const notAgainMs = 7 * 86_400_000;

/** What an account was found to lack, and since when. A time that is yet to come counts as none: a wrong clock wrote it. */
export class KnownLacks {
  #lacks: Lacks;
  #now: () => number;
  #tell: (lacks: Lacks) => void;

  constructor(lacks: Lacks, now: () => number, tell: (lacks: Lacks) => void) {
    this.#lacks = lacks;
    this.#now = now;
    this.#tell = tell;
  }

  /** True while it is not worth looking for it again. */
  has(what: keyof Lacks): boolean {
    const age = this.#now() - (this.#lacks[what] ?? Number.NEGATIVE_INFINITY);
    return age >= 0 && age < notAgainMs;
  }

  set(what: keyof Lacks, missing: boolean): void {
    if (!missing && this.#lacks[what] === undefined) return;
    this.#lacks = { ...this.#lacks, [what]: missing ? this.#now() : undefined };
    this.#tell(this.#lacks);
  }
}
