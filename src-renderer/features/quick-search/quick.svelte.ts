import type { Client } from '#main/contract/client.ts';
import { copiedNumber, type NumberFormat } from '#main/contract/phone.ts';
import { finishedPart, parseQuery } from '#main/contract/query.ts';
import type { NumberRow, NumbersWindow, QueryToken } from '#main/contract/numbers.ts';
import type { Result } from '#main/contract/errors.ts';
import { formatCount, numbersOf } from '#main/contract/words.ts';
import type { Settings } from '#main/contract/settings.ts';
import { asShown, WindowSource, type WindowPlace } from '../../lib/window-source.svelte.ts';
import { saidOthers, withNumbers, type PastedNumbers } from '../../lib/pasted.ts';

const shown = 50;
/** How long "Copied" can be read before the window goes, in milliseconds. */
const readMs = 350;

/**
 * The small window's search: what is typed, the first numbers it finds, and the one that is chosen. A query that is not
 * understood finds nothing and says why; one that is still being typed shows what the rest finds, and nothing acts on it.
 */
export class QuickState {
  text = $state('');
  cursor = $state(0);
  said = $state('');
  format = $state<Settings['numberFormat']>('national');
  readonly parsed = $derived(parseQuery(this.text));
  #client: Client;
  #source: WindowSource<NumberRow, NumbersWindow>;
  /** Tells this list from those of other windows. */
  readonly #name = Math.random().toString(36).slice(2);

  constructor(client: Client) {
    this.#client = client;
    this.#source = new WindowSource((place) => this.#find(finishedPart(this.text), place), {
      keep: asShown,
    });
  }

  /** Whoever types digits alone has mostly heard the last ones: numbers that end so come first. */
  async #find(text: string, { offset, limit }: WindowPlace): Promise<Result<NumbersWindow>> {
    const sort = { column: 'number', direction: 'asc' } as const;
    const query = (asked: string, most: number, view: string) =>
      this.#client.call('numbers.query', { text: asked, sort, view, offset, limit: most });
    const all = await query(text, limit, this.#name);
    const isEnd = /^\d{2,9}$/.test(text);
    if (!all.ok || !isEnd || all.value.matching <= 1) return all;
    // There is one page of them: what it does not hold is counted.
    if (offset > 0) return { ok: true, value: { ...all.value, rows: [] } };
    const ending = await query(`ends:${text}`, limit, `${this.#name}e`);
    if (!ending.ok) return ending;
    const first = ending.value.rows;
    const lacking = limit - first.length;
    if (first.length === 0 || lacking === 0)
      return { ok: true, value: { ...all.value, rows: first.length ? first : all.value.rows } };
    const others = await query(`${text} -ends:${text}`, lacking, `${this.#name}o`);
    return others.ok ? { ok: true, value: { ...all.value, rows: [...first, ...others.value.rows] } } : others;
  }

  /** "50 of 94 numbers" where more are found than are shown. */
  get count(): string {
    const { view } = this;
    if (!view) return '';
    const { rows, matching } = view;
    return rows.length < matching
      ? `${formatCount(rows.length)} of ${numbersOf(matching)}`
      : numbersOf(matching);
  }

  /** What is found, or of before while that is on its way. A list that cannot be read shows nothing. */
  get view(): NumbersWindow | null {
    return this.#source.error ? null : this.#source.view;
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    this.load();
    void this.#client.call('settings.get', {}).then((result) => {
      if (result.ok) this.format = result.value.numberFormat;
    });
    const ends = [
      this.#client.on('inventory', () => {
        this.load();
      }),
      this.#client.on('accounts', () => {
        this.load();
      }),
      this.#client.on('settings', (settings) => (this.format = settings.numberFormat)),
      // Hidden in whatever way: what was typed was given up.
      this.#client.on('quickHidden', () => {
        this.type('');
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** What is said in the place of numbers, or beside them while a part of the query is still being typed. */
  get problem(): string {
    const { error } = this.#source;
    if (error) return `${error.message} ${error.action}`;
    const { problem } = this.parsed;
    if (problem) return `"${problem.token}": ${problem.sentence}`;
    return this.view?.matching === 0 ? 'No number matches.' : '';
  }

  /** What there is to say of the query beside what it finds: an extension, or pasted numbers that are not yours. */
  get note(): string {
    const told = this.view?.tokens ?? [];
    const noteOf = (token: QueryToken) => told.find((one) => one.text === token.text)?.note ?? token.note;
    return this.parsed.tokens.flatMap((token) => noteOf(token) ?? []).join(' ');
  }

  /** The number that keys act on; undefined where the query that is typed is none that can be acted on. */
  get chosen(): NumberRow | undefined {
    return this.parsed.problem ? undefined : this.view?.rows[this.cursor];
  }

  type(text: string): void {
    this.text = text;
    this.cursor = 0;
    this.said = '';
    this.load();
  }

  /** Makes one filter of pasted numbers, in the place of what was marked. */
  async filterBy(list: PastedNumbers, from: number, to: number): Promise<void> {
    const kept = await this.#client.call('numbers.keep', { numbers: [...list.numbers] });
    if (kept.ok) this.type(withNumbers(this.text, kept.value.id, from, to));
    this.said = kept.ok ? saidOthers(list.others) : `${kept.error.message} ${kept.error.action}`;
  }

  move(step: number): void {
    const last = (this.view?.rows.length ?? 1) - 1;
    this.cursor = Math.max(0, Math.min(this.cursor + step, last));
  }

  load(): void {
    void this.#source.begin({ first: 0, end: shown });
  }

  /** The number to act on, once what was typed last is answered; null, and said why, where there is none. */
  async #number(): Promise<string | null> {
    await this.#source.answered();
    const number = this.chosen?.number ?? null;
    if (number === null && this.problem) this.said = `Nothing was done. ${this.problem}`;
    return number;
  }

  /** Copies the number that was clicked, or the one the cursor is on. */
  async copy(as: NumberFormat, clicked?: string): Promise<void> {
    // A row of a query that is not typed to its end may be clicked: it is seen.
    const number = clicked ?? (await this.#number());
    if (number === null) return;
    const copied = copiedNumber(number, as);
    try {
      await navigator.clipboard.writeText(copied);
    } catch {
      this.said = 'The clipboard refused the text.';
      return;
    }
    const said = `Copied ${copied}`;
    this.said = said;
    setTimeout(() => {
      // Whoever types on meanwhile wants something else.
      if (this.said === said) this.dismiss();
    }, readMs);
  }

  dismiss(): void {
    void this.#client.call('shell.reveal', { number: null, what: 'details' });
    this.type('');
  }

  async reveal(what: 'details' | 'routes'): Promise<void> {
    const number = await this.#number();
    if (number !== null) void this.#client.call('shell.reveal', { number, what });
  }
}
