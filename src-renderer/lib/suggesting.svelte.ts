/** Something that the end of a query may be meant to become. */
export type Offer = {
  /** What it puts into the query: a whole piece, or a key with its colon. */
  readonly token: string;
  /** What kind of thing it is: "State". */
  readonly title: string;
  readonly value: string;
  readonly detail: string;
  /** How many there are, as it is written; '' where that is not told. */
  readonly count: string;
  /** It takes the place of so many characters before the caret. */
  readonly replaces: number;
};
/** Asks for offers: `rest` is the query without `typed`, the text before the caret. */
export type Suggest = (rest: string, typed: string) => Promise<readonly Offer[]>;

/**
 * The list of suggestions under a field while somebody types. One question is on its way at a time; of those that are asked
 * meanwhile only the newest is asked afterwards, and an answer to an older one is not shown.
 */
export class Suggesting {
  offers = $state.raw<readonly Offer[]>([]);
  /** The one that Enter takes; -1 for none. */
  at = $state(-1);
  /** The text that they were offered for: more may be typed by now. */
  of = '';
  #suggest: () => Suggest | undefined;
  #asked = 0;
  #busy = false;
  #next: (() => void) | null = null;

  constructor(suggest: () => Suggest | undefined) {
    this.#suggest = suggest;
  }

  get open(): boolean {
    return this.offers.length > 0;
  }

  get chosen(): Offer | undefined {
    return this.offers[this.at];
  }

  ask(rest: string, typed: string): void {
    const suggest = this.#suggest();
    if (!suggest) return;
    const mine = ++this.#asked;
    // Whoever types on has chosen nothing.
    this.at = -1;
    if (typed.trim() === '') {
      this.close();
      return;
    }
    // What is typed on keeps its beginning, and with it the place that an offer takes.
    if (!typed.startsWith(this.of) && !this.of.startsWith(typed)) this.close(mine);
    const run = () => void this.#run(suggest, mine, rest, typed);
    if (this.#busy) this.#next = run;
    else run();
  }

  /** Shows nothing, and nothing that is still on its way but for the answer to a question of this number. */
  close(asked = this.#asked + 1): void {
    this.#asked = asked;
    this.#next = null;
    this.offers = [];
    this.at = -1;
  }

  /** To the next one or the one before; beyond both ends there is none, which is the text as it is. */
  move(by: 1 | -1): void {
    const places = this.offers.length + 1;
    this.at = ((this.at + 1 + by + places) % places) - 1;
  }

  #placeOf({ token }: Offer): number {
    return this.offers.findIndex((offer) => offer.token === token);
  }

  async #run(suggest: Suggest, mine: number, rest: string, typed: string): Promise<void> {
    this.#busy = true;
    try {
      const offers = await suggest(rest, typed);
      if (mine !== this.#asked) return;
      const { chosen } = this;
      // What stands there already needs no offer.
      this.offers = offers.filter(
        ({ token, replaces }) => typed.slice(typed.length - replaces).trim() !== token,
      );
      this.of = typed;
      // Whoever was quicker than the answer keeps what was chosen meanwhile, or gets the first of what the text may mean.
      if (chosen) this.at = Math.min(Math.max(this.#placeOf(chosen), 0), this.offers.length - 1);
    } finally {
      this.#busy = false;
      const next = this.#next;
      this.#next = null;
      next?.();
    }
  }
}
