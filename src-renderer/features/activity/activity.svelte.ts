import { createContext } from 'svelte';
import type { ActivityEntry } from '#main/contract/activity-entry.ts';
import { activityQuery } from '#main/contract/activity-query.ts';
import type { Client } from '#main/contract/client.ts';
import type { AppError, Result } from '#main/contract/errors.ts';
import { finishedList, readListQuery } from '#main/contract/list-query.ts';
import type { Suggestion } from '#main/contract/numbers.ts';
import { asShown, WindowSource } from '../../lib/window-source.svelte.ts';
import { moreNumbers } from './activity-words.ts';

/** Entries that are listed at first, and with each "Load more". */
const pageSize = 200;

/** The record of what happened as the window has it: what is searched for, and the newest entries that fit. */
export class ActivityState {
  text = $state('');
  /** Why the query finds nothing; null for one that is understood. */
  readonly problem = $derived(readListQuery(activityQuery, this.text, Date.now()).problem);
  readonly source: WindowSource<ActivityEntry>;
  /** Where the list is scrolled to. */
  readonly place = { scrollTop: 0 };
  /** Of entries with many numbers, those that were asked for besides the first ones. */
  #numbers = $state.raw<Readonly<Record<number, readonly string[]>>>({});
  #numbersError = $state.raw<AppError | null>(null);
  #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.source = new WindowSource(
      async (place) => {
        const result = await client.call('activity.list', { text: this.query, ...place });
        if (!result.ok) return result;
        const { entries, total } = result.value;
        return { ok: true, value: { offset: place.offset, rows: entries, matching: total } };
      },
      { keep: asShown },
    );
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    if (this.source.view) void this.source.refresh();
    else this.#ask();
    return this.#client.on('activity', () => void this.source.refresh());
  }

  /** The query of what is shown: what is still being typed is left out. */
  get query(): string {
    return finishedList(activityQuery, this.text);
  }

  setText(text: string): void {
    const before = this.query;
    this.text = text;
    if (this.query === before && this.source.view) return;
    this.place.scrollTop = 0;
    this.#ask();
  }

  #ask(): void {
    void this.source.begin({ first: 0, end: pageSize });
  }

  /** What may be meant by the end of a query; the entries that a key asks for are waited for. */
  async suggest(text: string, typed: string): Promise<Result<readonly Suggestion[]>> {
    await this.source.answered();
    return this.#client.call('activity.suggest', { text, typed });
  }

  /** Asks again, after trouble. */
  reload(): void {
    this.#numbersError = null;
    void this.source.refresh();
  }

  more(): void {
    this.source.show(0, this.entries.length + pageSize);
  }

  get entries(): readonly ActivityEntry[] {
    const rows = this.source.view?.rows ?? [];
    return rows.map((entry) => ({ ...entry, numbers: this.#numbers[entry.id] ?? entry.numbers }));
  }

  /** How many entries fit; null while that is not known. */
  get total(): number | null {
    return this.source.view?.matching ?? null;
  }

  get error(): AppError | null {
    return this.source.error ?? this.#numbersError;
  }

  /** Reads further numbers of an entry that has many. */
  async showMore(entry: ActivityEntry): Promise<void> {
    const result = await moreNumbers(this.#client, entry);
    this.#numbersError = result.ok ? null : result.error;
    if (result.ok) this.#numbers = { ...this.#numbers, [entry.id]: result.value };
  }
}

export const [getActivity, setActivity] = createContext<ActivityState>();
