import type { Carrier } from '../carrier/carrier.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure, type AppError } from '../contract/errors.ts';
import type { Imported, PlanView } from '../contract/routing.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Journal } from '../journal/open.ts';
import type { Tasks } from '../platform/tasks.ts';
import { Comparisons } from './comparisons.ts';
import type { MadeDraft } from './draft-store.ts';
import { Drafts } from './drafts.ts';
import type { Routes } from './routes.ts';

export type DraftPlansOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly routes: Routes;
  /** Rejects when there are no keys. */
  readonly carrier: () => Carrier;
  /** Runs a sync pass that begins now; resolves with its trouble, or null. Aborted, it is not waited for any more. */
  readonly syncNow: (signal: AbortSignal) => Promise<AppError | null>;
  readonly tasks: Tasks;
  readonly get: (id: number) => Promise<PlanView>;
  readonly tell: (id: number) => Promise<void>;
  readonly onPlan: (plan: PlanView) => void;
  /** A draft was forgotten. */
  readonly onGone: (id: number) => void;
};

/** Plans before they are applied: they are made, compared with the carrier, edited and forgotten. Nothing is changed by it. */
export class DraftPlans {
  #options: DraftPlansOptions;
  #checking: Comparisons;
  #drafts: Drafts;
  #editing: Promise<unknown> = Promise.resolve();

  constructor(options: DraftPlansOptions) {
    this.#options = options;
    const { journal, inventory, routes, syncNow, carrier, tell } = options;
    this.#drafts = new Drafts({ journal, inventory, routes });
    this.#checking = new Comparisons({
      ...{ journal, inventory, syncNow, carrier, tell },
      refreshRoutes: () => routes.refresh(),
    });
  }

  /** Makes a draft and begins to compare it with the carrier. */
  make(source: Inputs['plans.draft']['source']): Promise<PlanView> {
    return this.#options.tasks.run(async () => {
      switch (source.kind) {
        case 'numbers':
        case 'query':
        case 'several':
          return this.#show(await this.#drafts.change(source));
        case 'undo':
          await this.#options.get(source.plan);
          return this.#show(await this.#drafts.undo(source.plan));
        case 'again':
          await this.#options.get(source.plan);
          return this.#show(await this.#drafts.again(source.plan));
      }
    });
  }

  /** Makes a draft of a file's rows, instead of one made of it before; or asks which of its columns is which. */
  import({ name, base64, mapping, replaces }: Inputs['plans.import']): Promise<Imported> {
    return this.#options.tasks.run(async () => {
      const made = await this.#drafts.file(name, base64, mapping ?? null);
      if ('ask' in made) return { kind: 'columns', file: made.ask };
      const plan = await this.#show(made);
      // A draft that was applied meanwhile is kept.
      if (replaces !== undefined) await this.discard(replaces).catch(() => undefined);
      return { kind: 'plan', plan };
    });
  }

  /** Changes cells of a draft, one edit after the other, and compares what follows from it with the carrier. */
  edit(id: number, edit: Inputs['plans.edit']['edit']): Promise<PlanView> {
    return this.inTurn(async () => {
      const { get, onPlan } = this.#options;
      const running = this.#checking.progress(id) !== null;
      const { numbers, checkedAt } = await this.#drafts.edit(id, edit);
      // What could not be compared before is compared as a whole.
      if (running || checkedAt !== null) this.#checking.recheck(id, numbers, checkedAt ?? Date.now());
      else this.#checking.prepare(id, (await get(id)).total)();
      const plan = await get(id);
      onPlan(plan);
      return plan;
    });
  }

  /** One after the other: what is looked at is not edited meanwhile. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#editing;
    const done = this.#options.tasks.run(async () => {
      await before;
      return work();
    });
    this.#editing = done.catch(() => undefined);
    return done;
  }

  /** Compares a draft with the carrier again; also what to do when the first time failed. */
  async check(id: number): Promise<PlanView> {
    const plan = await this.#options.get(id);
    if (plan.phase === 'draft') this.#checking.prepare(id, plan.total)();
    return this.#options.get(id);
  }

  /** Forgets a draft; no further request leaves for it. With `keep` it can be had back for a while. */
  async discard(id: number, keep = false): Promise<void> {
    if (!(await this.#options.journal.drafts.discardPlan(id, keep))) {
      await this.#options.get(id);
      throw failure('rejected', 'A plan that was applied is kept.', 'It can be undone instead.');
    }
    this.#checking.abort(id);
    this.#options.onGone(id);
  }

  /** Has a draft back that was discarded, as it was; one that was not compared yet is compared from the start. */
  putBack(id: number): Promise<PlanView> {
    const { journal, get, onPlan, tasks } = this.#options;
    return tasks.run(async () => {
      if (!(await journal.drafts.putBackPlan(id))) {
        throw failure(
          'not-found',
          'This change is not kept any more.',
          'Plan it again, or import its file again.',
        );
      }
      const { checkedAt, total } = await get(id);
      if (checkedAt === null) this.#checking.prepare(id, total)();
      const plan = await get(id);
      onPlan(plan);
      return plan;
    });
  }

  /** Throws `rejected` unless this draft was compared, and is as it was shown: `revision` says which. */
  needShown(plan: PlanView, revision: number): void {
    if (plan.phase !== 'draft') {
      throw failure('rejected', 'This plan was applied already.', 'Resume it, or make a new one.');
    }
    if (this.#checking.progress(plan.id) !== null) {
      throw failure('rejected', 'The plan is being compared with the carrier.', 'Wait until that is done.');
    }
    if (plan.checkedAt === null) {
      throw failure(
        'rejected',
        'The plan was not compared with the carrier yet.',
        'Wait until that is done.',
      );
    }
    if (plan.revision !== revision) {
      throw failure(
        'rejected',
        'The plan is not any more as it was shown: it was edited or compared again since. Nothing was changed.',
        'Look at it as it is now, then apply it.',
      );
    }
    if (plan.total === 0) throw failure('rejected', 'There is nothing to change.', 'Discard the plan.');
  }

  /** How far the comparison of a draft is; null when none is under way. */
  progress(id: number): { done: number; total: number } | null {
    return this.#checking.progress(id);
  }

  /** Resolves when nothing is compared. */
  settled(): Promise<void> {
    return this.#checking.settled();
  }

  /** Ends all comparisons. */
  close(): void {
    this.#checking.close();
  }

  /** A new draft, with its comparison begun once it is told. */
  async #show({ id, total }: MadeDraft): Promise<PlanView> {
    const begin = this.#checking.prepare(id, total);
    try {
      const plan = await this.#options.get(id);
      begin();
      this.#options.onPlan(plan);
      return plan;
    } catch (thrown) {
      // The draft could not be shown: its comparison is ended, so that nothing waits for it.
      this.#checking.abort(id);
      throw thrown;
    }
  }
}
