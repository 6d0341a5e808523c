import type { Inputs } from '../contract/contract.ts';
import { failure } from '../contract/errors.ts';
import { parseQuery } from '../contract/query.ts';
import type { PlanKind, RouteChange } from '../contract/routing.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoreClient } from '../storage/client.ts';
import type { BegunDraft, DraftSource, MadeDraft } from './draft-store.ts';
import type { Routes } from './routes.ts';

/** Numbers that cross threads in one message: few messages, and the main thread is not busy for long with one. */
const slice = 8_000;

export type DraftsOptions = {
  readonly journal: StoreClient<'journal'>;
  readonly inventory: Inventory;
  readonly routes: Routes;
};

/** Makes drafts: each method writes one down and resolves with what was made. Nothing is asked of the carrier but its routes. */
export class Drafts {
  #options: DraftsOptions;

  constructor(options: DraftsOptions) {
    this.#options = options;
  }

  /** Numbers that were chosen, or all that a query matches, with the same change for each. */
  async change(
    source: Extract<Inputs['plans.draft']['source'], { kind: 'numbers' | 'query' }>,
  ): Promise<MadeDraft> {
    const { change } = source;
    const numbers = source.kind === 'numbers' ? source.numbers : await this.#matching(source.text);
    const { primary, failover } = change;
    if (primary === null && failover === null) {
      throw failure(
        'invalid-input',
        'Neither a primary nor a failover route was chosen.',
        'Choose one of them.',
      );
    }
    const names = [primary, failover].filter((name) => name !== null);
    const known = await this.#options.routes.known(names);
    for (const name of names) {
      if (known.has(name)) continue;
      throw failure(
        'not-found',
        `The carrier has no route "${name}".`,
        'Choose another one, or create it first.',
      );
    }
    const title = [
      primary === null ? '' : `primary to ${primary}`,
      failover === null ? '' : `failover to ${failover}`,
    ];
    const chosen = [...new Set(numbers)];
    return this.#make({ kind: 'numbers' }, 'assign', `Set ${title.filter(Boolean).join(', ')}`, {
      numbers: chosen,
      change,
    });
  }

  /** The rows of a file (base64). Rejects with `invalid-input` when it cannot be read as a whole. */
  file(name: string, base64: string): Promise<MadeDraft> {
    return this.#make({ kind: 'file', base64 }, 'import', `Import of ${name}`);
  }

  /** What failed, was left alone or was not sent, planned anew from what the numbers have now. */
  again(plan: number): Promise<MadeDraft> {
    return this.#make({ kind: 'again', plan }, 'again', '');
  }

  /** The former pair of every number that was changed; the carrier must still have what was set. */
  async undo(plan: number): Promise<MadeDraft> {
    const { journal, routes } = this.#options;
    const former = await journal.call('formerRoutes', plan);
    if (former.numbers === 0)
      throw failure('rejected', 'This plan has changed nothing.', 'There is nothing to undo.');
    const known = await routes.known(former.routes);
    const head = { at: Date.now(), kind: 'undo', title: '', of: plan } as const;
    return journal.call('createUndo', plan, head, [...known.keys()]);
  }

  async #make(
    source: DraftSource,
    kind: PlanKind,
    title: string,
    more?: { numbers: readonly string[]; change: RouteChange },
  ): Promise<MadeDraft> {
    const { journal, inventory } = this.#options;
    const begun = await journal.call('beginDraft', source);
    const { token } = begun;
    try {
      if (source.kind === 'again' && begun.rows === 0)
        throw failure('rejected', 'Nothing of this plan is left.', 'Make a new plan.');
      const known = await this.#known(source, begun);
      for (let at = 0; more && at < more.numbers.length; at += slice) {
        await journal.call('addDraftNumbers', token, more.numbers.slice(at, at + slice), more.change);
      }
      const rows = more?.numbers.length ?? begun.rows;
      for (let at = 0; at < rows; at += slice) {
        const numbers = await journal.call('draftNumbers', token, at, slice);
        await journal.call('addDraftPairs', token, await inventory.pairs(numbers));
      }
      const complete = (await inventory.lastPass()) !== null;
      const of = source.kind === 'again' ? source.plan : null;
      const head = { at: Date.now(), kind, title, of };
      return await journal.call('finishDraft', token, head, [...known.values()], complete);
    } finally {
      await journal.call('dropDraft', token).catch(() => undefined);
    }
  }

  async #known(source: DraftSource, { routes: names }: BegunDraft) {
    const { routes } = this.#options;
    const known = await routes.known();
    // A route that was made elsewhere since: worth one look, and offline the cached list has to do.
    if (source.kind === 'file' && names.some((name) => !known.has(name))) await routes.refresh();
    return routes.known();
  }

  async #matching(text: string): Promise<readonly string[]> {
    // What is not understood filters nothing: the plan would be about far more numbers than meant.
    const wrong = parseQuery(text).tokens.find((token) => token.problem !== null);
    if (wrong) {
      throw failure(
        'invalid-input',
        `"${wrong.text}" filters nothing: ${wrong.problem}`,
        'Correct the query.',
      );
    }
    const sort = { column: 'number', direction: 'asc' } as const;
    return (await this.#options.inventory.matching({ text, sort, limit: 10_000_000 })).numbers;
  }
}
