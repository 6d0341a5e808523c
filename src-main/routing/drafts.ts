import type { Journal } from '../journal/open.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure } from '../contract/errors.ts';
import { nameIsShared } from './known-routes.ts';
import { countOf } from '../contract/words.ts';
import { refuseProblem } from '../inventory/index/refuse-query.ts';
import type { PlanKind, RouteChange, SetRoute, SideChange } from '../contract/routing.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { guarded } from '../contract/cells.ts';
import type { ImportFile, ImportMapping } from '../contract/importing.ts';
import { noRoute, type Route } from '../contract/model.ts';
import type { BegunDraft, DraftSource, EditedDraft, MadeDraft } from './draft-store.ts';
import { CellNames } from './import/cell-names.ts';
import type { Routes } from './routes.ts';

/** Numbers that cross threads in one message: few messages, and the main thread is not busy for long with one. */
const slice = 8_000;
/** Routes that the name of a plan lists for a side; more are counted. */
const mostNamed = 2;

/** Numbers with the same change, whose routes are named by their keys. */
type DraftPart = { readonly numbers: readonly string[]; readonly change: RouteChange };

export type DraftsOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly routes: Routes;
};

/** Makes drafts: each method writes one down and resolves with what was made. Nothing is asked of the carrier but its routes. */
export class Drafts {
  #options: DraftsOptions;

  constructor(options: DraftsOptions) {
    this.#options = options;
  }

  /** Numbers that were chosen, or all that a query matches, with the same change for each; or several of these. */
  async change(
    source: Extract<Inputs['plans.draft']['source'], { kind: 'numbers' | 'query' | 'several' }>,
  ): Promise<MadeDraft> {
    const wanted = source.kind === 'several' ? source.parts : [{ of: source, change: source.change }];
    const sides: SideChange[][] = [[], []];
    const taken = new Set<string>();
    const parts: DraftPart[] = [];
    for (const { of, change } of wanted) {
      const numbers = of.kind === 'numbers' ? of.numbers : await this.#matching(of.text);
      const { primary, failover } = await this.#meant(change);
      sides[0]?.push(primary.side);
      sides[1]?.push(failover.side);
      const fresh: string[] = [];
      for (const number of numbers) {
        if (taken.has(number)) continue;
        taken.add(number);
        fresh.push(number);
      }
      parts.push({ numbers: fresh, change: { primary: primary.key, failover: failover.key } });
    }
    const [first = [], second = []] = sides;
    const title = [titleOf('primary', first), titleOf('failover', second)].filter(Boolean).join(', ');
    return this.#make({ kind: 'numbers' }, 'assign', `Set ${title}`, parts);
  }

  /** The listed routes that a change names, for people and by their keys. Rejects for one that names none. */
  async #meant({ primary, failover }: RouteChange) {
    if (primary === 'keep' && failover === 'keep') {
      throw failure(
        'invalid-input',
        'Neither a primary nor a failover route was chosen.',
        'Choose one of them.',
      );
    }
    if (failover === 'none' && !this.#options.routes.hasNone) throw noneNotThere();
    const first = primary === 'keep' ? null : await this.#listed(primary);
    const second = typeof failover === 'string' ? null : await this.#listed(failover);
    return {
      primary: first
        ? { side: { route: first.label }, key: { route: first.key } }
        : ({ side: 'keep', key: 'keep' } as const),
      failover: second
        ? { side: { route: second.label }, key: { route: second.key } }
        : { side: failover, key: failover },
    };
  }

  /**
   * The rows of a file (base64), or the question which of its columns is which. Rejects with `invalid-input` when it cannot be
   * read as a whole.
   */
  async file(
    name: string,
    base64: string,
    mapping: ImportMapping | null,
  ): Promise<MadeDraft | { ask: ImportFile }> {
    const source = { kind: 'file', base64, mapping } as const;
    const begun = await this.#options.journal.drafts.beginDraft(source);
    return 'ask' in begun ? begun : this.#finish(source, begun, 'import', `Import of ${name}`);
  }

  /** Changes cells of a draft that was made of a file. The numbers that follow from it have to be compared. */
  async edit(plan: number, edit: Inputs['plans.edit']['edit']): Promise<EditedDraft> {
    const { journal, inventory } = this.#options;
    const change =
      edit.kind === 'cell'
        ? edit
        : ({ kind: 'all', written: edit.written, text: guarded(edit.name) } as const);
    const begun = await journal.drafts.beginEdit(plan, change);
    try {
      const known = await this.#known(true, begun);
      await this.#addPairs(begun.token, begun.rows);
      const complete = (await inventory.lastPass()) !== null;
      return await journal.drafts.finishEdit(begun.token, known.all, complete, this.#options.routes.hasNone);
    } finally {
      await journal.drafts.dropDraft(begun.token).catch(() => undefined);
    }
  }

  /** The listed route that is meant. Rejects with `not-found` when there is none. */
  async #listed({ route: typed }: SetRoute): Promise<Route> {
    const known = await this.#options.routes.known((routes) => routes.keyOf(typed) !== null);
    const found = known.byKey.get(known.keyOf(typed) ?? '');
    if (found) return found;
    const several = known.several(typed);
    if (several.length > 0) throw nameIsShared(typed, several);
    throw failure(
      'not-found',
      `The carrier has no route "${typed}".`,
      'Choose another one, or create it first.',
    );
  }

  /** What failed, was left alone or was not sent, planned anew from what the numbers have now. */
  again(plan: number): Promise<MadeDraft> {
    return this.#make({ kind: 'again', plan }, 'again', '');
  }

  /** The former pair of every number that was changed; the carrier must still have what was set. */
  async undo(plan: number): Promise<MadeDraft> {
    const { journal, routes } = this.#options;
    const former = await journal.drafts.formerRoutes(plan);
    if (former.numbers === 0)
      throw failure('rejected', 'This plan has changed nothing.', 'There is nothing to undo.');
    // A number can also go back to having no route.
    const isThere = (key: string, byKey: ReadonlyMap<string, Route>) => key === noRoute || byKey.has(key);
    const known = await routes.known(({ byKey }) => former.routes.every((key) => isThere(key, byKey)));
    const head = { at: Date.now(), kind: 'undo', title: '', of: plan } as const;
    return journal.drafts.createUndo(plan, head, [...known.byKey.keys(), noRoute]);
  }

  async #make(
    source: Exclude<DraftSource, { kind: 'file' }>,
    kind: PlanKind,
    title: string,
    parts: readonly DraftPart[] = [],
  ): Promise<MadeDraft> {
    const begun = await this.#options.journal.drafts.beginDraft(source);
    if ('ask' in begun) throw new Error('only a file asks');
    return this.#finish(source, begun, kind, title, parts);
  }

  async #finish(
    source: DraftSource,
    begun: BegunDraft,
    kind: PlanKind,
    title: string,
    parts: readonly DraftPart[] = [],
  ): Promise<MadeDraft> {
    const { journal, inventory } = this.#options;
    const { token } = begun;
    try {
      if (source.kind === 'again' && begun.rows === 0)
        throw failure('rejected', 'Nothing of this plan is left.', 'Make a new plan.');
      const known = await this.#known(source.kind === 'file', begun);
      for (const { numbers, change } of parts) {
        for (let at = 0; at < numbers.length; at += slice)
          await journal.drafts.addDraftNumbers(token, numbers.slice(at, at + slice), change);
      }
      const gathered = parts.reduce((sum, { numbers }) => sum + numbers.length, begun.rows);
      await this.#addPairs(token, gathered);
      const complete = (await inventory.lastPass()) !== null;
      const of = source.kind === 'again' ? source.plan : null;
      const head = { at: Date.now(), kind, title, of };
      return await journal.drafts.finishDraft(token, head, known.all, complete, this.#options.routes.hasNone);
    } finally {
      await journal.drafts.dropDraft(token).catch(() => undefined);
    }
  }

  async #addPairs(token: number, rows: number): Promise<void> {
    const { journal, inventory } = this.#options;
    for (let at = 0; at < rows; at += slice) {
      const numbers = await journal.drafts.draftNumbers(token, at, slice);
      const [pairs, others] = [await inventory.pairs(numbers), await inventory.lookalikes(numbers)];
      await journal.drafts.addDraftPairs(token, pairs, others);
    }
  }

  async #known(ofFile: boolean, { routes: cells }: BegunDraft) {
    const { routes } = this.#options;
    const names = new CellNames(await routes.known(), routes.hasNone);
    // The route may have been made elsewhere since: the list is read once more. Offline, the cached list has to do.
    if (ofFile && cells.some((cell) => names.isUnlisted(cell))) await routes.refresh();
    return routes.known();
  }

  async #matching(text: string): Promise<readonly string[]> {
    refuseProblem(text);
    const sort = { column: 'number', direction: 'asc' } as const;
    return (await this.#options.inventory.matching({ text, sort, limit: 10_000_000 })).numbers;
  }
}

/** What becomes of a side, for the name of a plan; '' where every number keeps it. */
function titleOf(side: 'primary' | 'failover', changes: readonly SideChange[]): string {
  const names = new Set(
    changes.flatMap((change) => (change === 'keep' ? [] : [change === 'none' ? 'none' : change.route])),
  );
  if (names.size === 0) return '';
  return `${side} to ${names.size > mostNamed ? countOf(names.size, 'route') : [...names].join(' or ')}`;
}

function noneNotThere(): Error {
  return failure(
    'invalid-input',
    "This account's API has no way to leave a number without a failover.",
    'Choose a route.',
  );
}
