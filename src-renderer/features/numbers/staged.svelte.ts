import type { Client } from '#main/contract/client.ts';
import type { NumberRow } from '#main/contract/numbers.ts';
import type { PlanSummary, SideChange } from '#main/contract/routing.ts';
import { routeWords } from '#main/contract/words.ts';
import { amongQuery } from '../../lib/matching.ts';
import { once, without } from '../../lib/without.ts';
import {
  routePartsOf,
  sameTags,
  tagPartsOf,
  tagsOf,
  type RoutePart,
  type Staged,
  type StagedByNumber,
  type TagsPart,
} from './staged-parts.ts';

/** The cells of the list that can be changed where they stand. */
const editableColumns = ['primary', 'failover', 'tags'] as const;
export type EditableColumn = (typeof editableColumns)[number];
export const isEditable = (column: string): column is EditableColumn =>
  (editableColumns as readonly string[]).includes(column);

/** Rows that one question may ask for. */
const mostRows = 500;

/**
 * Changes that were made in cells of the list and are sent only after a review. They last until they are applied or given up, or
 * the window is closed; those of a number that leaves the list are dropped.
 */
export class StagedChanges {
  #client: Client;
  #changes = $state.raw<StagedByNumber>({});
  readonly #counts = $derived.by(() => {
    const all = Object.values(this.#changes);
    const count = (key: keyof Staged) => all.filter((staged) => staged[key] !== undefined).length;
    return { numbers: all.length, routes: count('primary') + count('failover'), tags: count('tags') };
  });
  /** Changed numbers that the filter hides; null while that is not known. */
  outside = $state.raw<readonly string[] | null>([]);
  /** Numbers that left the list with their changes, since somebody was told last. */
  gone = $state.raw<readonly string[]>([]);
  /** The draft that was made of the routes, and what it was made of. */
  #draft: { readonly plan: number; readonly of: readonly RoutePart[] } | null = null;
  #checks = 0;
  #comparisons = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Cells that are changed. */
  get count(): number {
    return this.routes + this.tags;
  }

  /** Cells with a route that are changed. */
  get routes(): number {
    return this.#counts.routes;
  }

  get tags(): number {
    return this.#counts.tags;
  }

  /** The numbers with changes, in the order they were changed. */
  get numbers(): readonly string[] {
    return Object.keys(this.#changes);
  }

  /** How many cells of these numbers are changed. */
  countOf(numbers: readonly string[]): number {
    const cells = numbers.flatMap((number) => editableColumns.filter((key) => this.#changes[number]?.[key]));
    return cells.length;
  }

  /** Finds out which of the changed numbers a query does not find. */
  async compare(text: string): Promise<void> {
    const mine = ++this.#comparisons;
    const { numbers } = this;
    const inside = await amongQuery(this.#client, text, numbers, () => mine === this.#comparisons);
    if (mine === this.#comparisons) this.outside = inside && without(numbers, inside);
  }

  /** What a cell will say; null for one that is not changed. */
  textOf(number: string, column: EditableColumn): string | null {
    if (this.#counts.numbers === 0) return null;
    const staged = this.#changes[number]?.[column];
    if (staged === undefined) return null;
    if (typeof staged === 'string') return routeWords('');
    return 'route' in staged ? routeWords(staged.route) : staged.join(', ');
  }

  /** What stands in the field of a cell when it is opened: what was staged for it, else '' for a route and the tags it has. */
  typedFor(row: NumberRow, column: EditableColumn): string {
    const staged = this.#changes[row.number];
    if (column === 'tags') return (staged?.tags ?? tagsOf(row.tags)).join(', ');
    const side = staged?.[column];
    if (side === 'none') return routeWords('');
    return typeof side === 'object' ? side.route : '';
  }

  /** What becomes of a side of a number; `keep`, and what it has already, take back what was staged. */
  setRoute(row: NumberRow, side: 'primary' | 'failover', change: SideChange): void {
    const same = change === 'keep' || row[side] === (change === 'none' ? '' : change.route);
    this.#set(row.number, { [side]: same ? undefined : change });
  }

  /** The tags that a number shall have; those it has already take back what was staged. */
  setTags(row: NumberRow, tags: readonly string[]): void {
    const hadTags = tagsOf(row.tags);
    const same = sameTags(hadTags, tags);
    this.#set(row.number, same ? { tags: undefined, hadTags: undefined } : { tags, hadTags });
  }

  /** Gives up what is staged, of these numbers or of all, and tells it, so that it can be put back. */
  discard(numbers: readonly string[] = this.numbers): StagedByNumber {
    const all = this.#changes;
    const pick = (some: readonly string[]): StagedByNumber =>
      Object.fromEntries(some.flatMap((number) => (all[number] ? [[number, all[number]]] : [])));
    const kept = pick(numbers);
    this.#changes = pick(without(this.numbers, numbers));
    this.#forgetDraft();
    return kept;
  }

  /** Puts back what was given up; what was staged since stays. */
  putBack(kept: StagedByNumber): void {
    const numbers = once([...Object.keys(kept), ...Object.keys(this.#changes)]);
    this.#changes = Object.fromEntries(
      numbers.map((number) => [number, { ...kept[number], ...this.#changes[number] }]),
    );
  }

  /** The routes as a draft takes them. */
  get routeParts(): RoutePart[] {
    return routePartsOf(this.#changes);
  }

  /** The tags as they are changed. */
  get tagParts(): TagsPart[] {
    return tagPartsOf(this.#changes);
  }

  /** The draft that was made of the routes as they are staged now; null where there is none. */
  get draft(): number | null {
    const draft = this.#draft;
    return draft !== null && isEqual(draft.of, this.routeParts) ? draft.plan : null;
  }

  /** A draft was made of these routes; the draft before it is forgotten. */
  drafted(plan: number, of: readonly RoutePart[]): void {
    this.#forgetDraft();
    this.#draft = { plan, of };
  }

  /** A plan tells how it is: once the draft is applied, what it does is not staged any more. */
  hear({ id, phase }: Pick<PlanSummary, 'id' | 'phase'>): void {
    const draft = this.#draft;
    if (draft?.plan !== id || phase === 'draft') return;
    this.#draft = null;
    for (const { of, change } of draft.of) {
      for (const number of of.kind === 'numbers' ? of.numbers : []) {
        const { primary, failover } = this.#changes[number] ?? {};
        this.#set(number, {
          ...(isEqual(primary, change.primary) ? { primary: undefined } : {}),
          ...(isEqual(failover, change.failover) ? { failover: undefined } : {}),
        });
      }
    }
  }

  /** A draft was forgotten: what it was made of stays staged. */
  forgotten(plan: number): void {
    if (this.#draft?.plan === plan) this.#draft = null;
  }

  /** These changes of tags were made; what was staged for a number meanwhile stays. */
  tagged(parts: readonly TagsPart[]): void {
    for (const { numbers, ...done } of parts) {
      for (const number of numbers) {
        const { tags, hadTags } = this.#changes[number] ?? {};
        const [now] = tagPartsOf({
          [number]: { ...(tags ? { tags } : {}), ...(hadTags ? { hadTags } : {}) },
        });
        if (now && isEqual([now.add, now.remove], [done.add, done.remove]))
          this.#set(number, { tags: undefined, hadTags: undefined });
      }
    }
  }

  /** The list changed: drops what is so by now, and the changes of numbers that are not in it any more. */
  async check(): Promise<void> {
    const mine = ++this.#checks;
    const numbers = Object.keys(this.#changes);
    const gone: string[] = [];
    for (let at = 0; at < numbers.length;) {
      const asked = numbers.slice(at, at + mostRows);
      const result = await this.#client.call('numbers.rows', { numbers: asked });
      if (mine !== this.#checks || !result.ok || result.value.length === 0) return;
      result.value.forEach((row, place) => {
        const number = asked[place];
        if (row) this.#settle(row);
        else if (number !== undefined && this.#changes[number]) gone.push(number);
      });
      at += result.value.length;
    }
    if (gone.length === 0) return;
    this.#changes = Object.fromEntries(
      Object.entries(this.#changes).filter(([number]) => !gone.includes(number)),
    );
    this.gone = once([...this.gone, ...gone]);
  }

  /** Drops what a number has by now. */
  #settle(row: NumberRow): void {
    const { primary, failover, tags } = this.#changes[row.number] ?? {};
    if (primary !== undefined) this.setRoute(row, 'primary', primary);
    if (failover !== undefined) this.setRoute(row, 'failover', failover);
    if (tags !== undefined && sameTags(tagsOf(row.tags), tags)) this.setTags(row, tags);
  }

  #set(number: string, change: { readonly [Key in keyof Staged]?: Staged[Key] | undefined }): void {
    const { [number]: now, ...others } = this.#changes;
    const merged = Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined);
    if (now === undefined && merged.length === 0) return;
    // One that was staged keeps its place.
    const staged = Object.fromEntries(merged) as Staged;
    this.#changes = merged.length === 0 ? others : { ...this.#changes, [number]: staged };
  }

  #forgetDraft(): void {
    const before = this.#draft?.plan;
    this.#draft = null;
    if (before !== undefined) void this.#client.call('plans.discard', { id: before });
  }
}

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
