import uFuzzy from '@leeoniya/ufuzzy';
import { readTyped } from '#main/contract/clean.ts';
import { commands, commandsFor, keysOf } from '#main/contract/commands.ts';
import type { NumberRow } from '#main/contract/numbers.ts';
import { formatNumber, isNorthAmerican } from '#main/contract/phone.ts';
import { formatCount, numbersOf, routeWords } from '#main/contract/words.ts';
import { numberVerbs } from '../features/numbers/number-verbs.ts';
import type { AppState } from './app.svelte.ts';

export type PaletteEntry = {
  readonly id: string;
  readonly title: string;
  /** Beside the title: the keys that do the same, or what a number has. */
  readonly beside: string;
  readonly run: () => void;
};
export type PaletteSection = { readonly title: string; readonly entries: readonly PaletteEntry[] };

const kept = 'recent-commands';
const mostRecent = 8;
/** Numbers that are shown for digits; the rest is one entry away. */
const mostNumbers = 6;
/** So many digits are looked for as a number. */
const fewestDigits = 3;
const fuzzy = new uFuzzy({ intraMode: 1 });
/** Words that are looked for in a title: with each more, what may stand between them is tried in many more ways. */
const mostWords = 4;

/**
 * What the palette offers: first what can be done to the selection, then numbers that have the digits that were typed, then
 * commands and accounts. The one below the cursor runs.
 */
export class Palette {
  text = $state('');
  cursor = $state(0);
  #numbers = $state.raw<{ readonly rows: readonly NumberRow[]; readonly matching: number } | null>(null);
  #recent = $state.raw<readonly string[]>([]);
  /** Counts questions: only the answer to the newest is shown. */
  #asked = 0;
  #answered: Promise<void> = Promise.resolve();
  #app: AppState;
  readonly sections: readonly PaletteSection[] = $derived.by(() => this.#sections());
  readonly entries: readonly PaletteEntry[] = $derived(this.sections.flatMap(({ entries }) => entries));

  constructor(app: AppState) {
    this.#app = app;
  }

  open(): void {
    this.#recent = JSON.parse(localStorage.getItem(kept) ?? '[]') as string[];
    this.type('');
  }

  type(text: string): void {
    this.text = text;
    this.cursor = 0;
    this.#answered = this.#findNumbers();
  }

  move(step: number): void {
    this.cursor = Math.max(0, Math.min(this.cursor + step, this.entries.length - 1));
  }

  /** Runs the entry of the cursor, or this one, once what was typed last is answered. */
  async run(entry?: PaletteEntry): Promise<void> {
    await this.#answered;
    const chosen = entry ?? this.entries[this.cursor];
    if (!chosen) return;
    this.#app.dialog = null;
    if (chosen.id in commands || chosen.id.startsWith('account ')) {
      const ids = [chosen.id, ...this.#recent.filter((id) => id !== chosen.id)].slice(0, mostRecent);
      localStorage.setItem(kept, JSON.stringify(ids));
    }
    chosen.run();
  }

  /** What is typed as digits, those of another country behind a plus sign. */
  get #digits(): string {
    const typed = /^[\d\s().+-]*$/.test(this.text) ? readTyped(this.text) : null;
    if (typed === null) return '';
    return typed.international && !isNorthAmerican(typed.digits) ? `+${typed.digits}` : typed.digits;
  }

  async #findNumbers(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const digits = this.#digits;
    if (digits.length < fewestDigits) {
      this.#numbers = null;
      return;
    }
    const sort = { column: 'number', direction: 'asc' } as const;
    const input = { text: digits, sort, offset: 0, limit: mostNumbers };
    const found = await this.#app.client.call('numbers.query', input);
    if (mine !== this.#asked) return this.#answered;
    this.#numbers = found.ok ? found.value : null;
  }

  #sections(): PaletteSection[] {
    const wanted = this.text.trim();
    const sections = [
      { title: this.#selectionTitle(), entries: this.#matching(this.#selectionEntries(), wanted) },
      { title: 'Numbers', entries: this.#numberEntries(wanted) },
      { title: 'Commands', entries: this.#matching(this.#commandEntries(), wanted) },
      { title: 'Accounts', entries: this.#matching(this.#accountEntries(), wanted) },
      { title: 'Search', entries: wanted === '' || this.#digits !== '' ? [] : [this.#searchEntry(wanted)] },
    ];
    return sections.filter(({ entries }) => entries.length > 0);
  }

  #matching(entries: readonly PaletteEntry[], wanted: string): readonly PaletteEntry[] {
    if (!wanted) return entries;
    const titles = entries.map(({ title }) => title);
    const words = wanted.match(/[a-z\d']+/gi) ?? [];
    const asked = words.length > mostWords ? words.slice(0, mostWords).join(' ') : wanted;
    const [found, , order] = fuzzy.search(titles, asked);
    return (order ?? []).flatMap((at) => entries[found?.[at] ?? -1] ?? []);
  }

  get #selected(): number {
    const { nav, here } = this.#app;
    return nav.screen === 'numbers' ? here.numbers.selected.size : 0;
  }

  #selectionTitle(): string {
    return `${numbersOf(this.#selected)} selected`;
  }

  #selectionEntries(): PaletteEntry[] {
    const app = this.#app;
    if (this.#selected === 0) return [];
    const verbs = numberVerbs(app, app.here.numbers);
    const copied = keysOf('CommandOrControl+C', app.info?.platform ?? '');
    return [
      { id: 'set-routes', title: 'Set routes…', beside: 'R', run: () => void verbs.setRoutes() },
      { id: 'set-tags', title: 'Tags…', beside: 'T', run: () => void verbs.setTags() },
      { id: 'copy', title: 'Copy', beside: copied, run: () => void verbs.copy() },
      { id: 'copy-e164', title: 'Copy as E.164', beside: '', run: () => void verbs.copy('e164') },
      { id: 'copy-digits', title: 'Copy as digits', beside: '', run: () => void verbs.copy('digits') },
      { id: 'export-selected', title: 'Export…', beside: '', run: () => app.exportNumbers() },
    ];
  }

  #numberEntries(wanted: string): PaletteEntry[] {
    const found = this.#numbers;
    const digits = this.#digits;
    if (!found || digits === '') return [];
    const { numberFormat } = this.#app.settings;
    const rows = found.rows.map((row): PaletteEntry => ({
      id: `number ${row.number}`,
      title: formatNumber(row.number, numberFormat),
      beside: [routeWords(row.primary), row.area, row.tags].filter(Boolean).join(' · '),
      run: () => this.#app.showNumbers(row.number, row.number),
    }));
    return [...rows, this.#searchEntry(wanted, found.matching)];
  }

  #searchEntry(wanted: string, matching?: number): PaletteEntry {
    return {
      id: 'search',
      title: `Show numbers that match ${wanted}`,
      beside: matching === undefined ? '' : formatCount(matching),
      run: () => this.#app.showNumbers(wanted),
    };
  }

  #commandEntries(): PaletteEntry[] {
    const { info } = this.#app;
    return this.#recentFirst(
      commandsFor(info?.desktop ?? null)
        .filter((id) => id !== 'palette')
        .map((id): PaletteEntry => {
          const { title, accelerator } = commands[id];
          const beside = accelerator ? keysOf(accelerator, info?.platform ?? '') : '';
          return { id, title, beside, run: () => this.#app.run(id) };
        }),
    );
  }

  #accountEntries(): PaletteEntry[] {
    const { accounts } = this.#app;
    return this.#recentFirst(
      (accounts?.accounts ?? [])
        .filter(({ id }) => id !== accounts?.currentId)
        .map(({ id, label }) => ({
          ...{ id: `account ${id}`, title: `Switch to ${label}`, beside: '' },
          run: () => void this.#app.switchTo(id),
        })),
    );
  }

  #recentFirst(entries: readonly PaletteEntry[]): PaletteEntry[] {
    const place = ({ id }: PaletteEntry) => this.#recent.indexOf(id) + 1 || this.#recent.length + 1;
    return entries.toSorted((a, b) => place(a) - place(b));
  }
}
