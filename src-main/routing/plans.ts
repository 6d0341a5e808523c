import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { Inputs } from '../contract/contract.ts';
import { failure, type AppError } from '../contract/errors.ts';
import type { Imported } from '../contract/routing.ts';
import type { PlansWindow, PlanSummary, PlanView } from '../contract/routing.ts';
import { cancelled } from '../platform/cancel.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { NewActivity } from '../activity/activity-store.ts';
import { Tasks } from '../platform/tasks.ts';
import { Comparisons } from './comparisons.ts';
import type { MadeDraft } from './draft-store.ts';
import { Drafts } from './drafts.ts';
import { closeGraceMs, notePlan, PlanRun, type PlanRunOptions } from './plan-run.ts';
import type { Routes } from './routes.ts';

export type PlansOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly routes: Routes;
  readonly carrier: () => Carrier | null;
  /** Runs a sync pass that begins now; resolves with its trouble, or null. Aborted, it is not waited for any more. */
  readonly syncNow: (signal: AbortSignal) => Promise<AppError | null>;
  readonly onPlan: (plan: PlanSummary) => void;
  /** A draft was forgotten. */
  readonly onGone: (id: number) => void;
  readonly record: (entry: Omit<NewActivity, 'at'>) => Promise<void>;
  readonly log: (line: string) => void;
  readonly againMs?: number;
};

/** Looks at a plan before it runs: what the run needs besides, or null when there is nothing to do. */
type Allow = (plan: PlanView) => Pick<PlanRunOptions, 'prepare' | 'stopping'> | null;

const interrupted = 'Numberdesk was closed while this plan ran. Nothing is sent until you resume it.';

/** Changes of routes, planned, shown, applied and undone. One plan is applied at a time. */
export class Plans {
  #options: PlansOptions;
  #running: { readonly run: PlanRun; readonly ended: Promise<void> } | null = null;
  #checking: Comparisons;
  #editing: Promise<unknown> = Promise.resolve();
  #drafts: Drafts;
  /** What a window asked for: waited for at the end. */
  #tasks = new Tasks();

  constructor(options: PlansOptions) {
    this.#options = options;
    const { journal, inventory, syncNow, routes } = options;
    this.#drafts = new Drafts({ journal, inventory, routes });
    this.#checking = new Comparisons({
      ...{ journal, inventory, syncNow },
      carrier: () => this.#carrier(),
      refreshRoutes: () => routes.refresh(),
      tell: (id) => this.#tell(id),
    });
  }

  /** What a crash left behind waits for the person. */
  async recover(): Promise<void> {
    for (const id of await this.#options.journal.plans.recoverPlans(interrupted)) await this.#tell(id);
  }

  /** Makes a draft and begins to compare it with the carrier. Nothing is changed before `apply`. */
  draft(source: Inputs['plans.draft']['source']): Promise<PlanView> {
    return this.#tasks.run(() => this.#draft(source));
  }

  async #draft(source: Inputs['plans.draft']['source']): Promise<PlanView> {
    switch (source.kind) {
      case 'numbers':
      case 'query':
        return this.#show(await this.#drafts.change(source));
      case 'undo':
        await this.get(source.plan);
        return this.#show(await this.#drafts.undo(source.plan));
      case 'again':
        await this.get(source.plan);
        return this.#show(await this.#drafts.again(source.plan));
    }
  }

  /** Makes a draft of a file's rows, instead of one made of it before; or asks which of its columns is which. */
  import({ name, base64, mapping, replaces }: Inputs['plans.import']): Promise<Imported> {
    return this.#tasks.run(async () => {
      const made = await this.#drafts.file(name, base64, mapping ?? null);
      if ('ask' in made) return { kind: 'columns', file: made.ask };
      const plan = await this.#show(made);
      // One that was applied meanwhile stays.
      if (replaces !== undefined) await this.discard(replaces).catch(() => undefined);
      return { kind: 'plan', plan };
    });
  }

  /** Changes cells of a draft, one edit after the other, and compares what follows from it with the carrier. */
  edit(id: number, edit: Inputs['plans.edit']['edit']): Promise<PlanView> {
    return this.#inTurn(() => this.#edit(id, edit));
  }

  /** One after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#editing;
    const done = this.#tasks.run(async () => {
      await before;
      return work();
    });
    this.#editing = done.catch(() => undefined);
    return done;
  }

  async #edit(id: number, edit: Inputs['plans.edit']['edit']): Promise<PlanView> {
    const running = this.#checking.progress(id) !== null;
    const { numbers, checkedAt } = await this.#drafts.edit(id, edit);
    // What could not be compared before is compared as a whole.
    if (running || checkedAt !== null) this.#checking.recheck(id, numbers, checkedAt ?? Date.now());
    else this.#checking.prepare(id, (await this.get(id)).total)();
    // Its numbers are counted once: a large plan has many.
    const plan = await this.get(id);
    this.#options.onPlan(plan);
    return plan;
  }

  async list(input: Inputs['plans.list']): Promise<PlansWindow> {
    const window = await this.#options.journal.plans.plans(input);
    return { ...window, plans: window.plans.map((plan) => this.#live(plan)) };
  }

  async get(id: number): Promise<PlanView> {
    const plan = await this.#options.journal.plans.plan(id);
    if (!plan) throw failure('not-found', 'There is no such plan.', 'Choose another one.');
    return this.#live(plan);
  }

  /** Compares a draft with the carrier again; also what to do when the first time failed. */
  async check(id: number): Promise<PlanView> {
    const plan = await this.get(id);
    if (plan.phase === 'draft') this.#checking.prepare(id, plan.total)();
    return this.get(id);
  }

  /**
   * Applies a draft that was compared, as it was shown: `revision` says which. Rejects with `rejected` when it was edited or
   * compared anew since. A draft is applied once. It takes its turn among edits: none comes between the look and the beginning.
   */
  apply(id: number, revision: number): Promise<PlanView> {
    return this.#inTurn(() => this.#begin(id, (plan) => this.#needShown(plan, revision)));
  }

  #needShown(plan: PlanView, revision: number): Record<string, never> {
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
    return {};
  }

  /** The record was damaged while a plan ran: it waits for the person. */
  interrupt(): void {
    this.#running?.run.pause();
  }

  async pause(id: number): Promise<PlanView> {
    if (this.#running?.run.id === id) this.#running.run.pause();
    return this.get(id);
  }

  async resume(id: number): Promise<PlanView> {
    return this.#start(id, ({ phase }) => (phase === 'paused' ? {} : null));
  }

  /** Leaves what was not sent as it is. Numbers on their way are finished first. */
  stop(id: number): Promise<PlanView> {
    return this.#tasks.run(() => this.#stop(id));
  }

  async #stop(id: number): Promise<PlanView> {
    do await this.#settle();
    while (this.#running?.run.over);
    if (this.#running?.run.id === id) {
      await this.#running.run.stop();
    } else if (await this.#options.journal.plans.endPlan(id)) {
      await this.#tell(id);
      await notePlan({ ...this.#options, id });
    } else {
      // What may have been sent has to be looked up first.
      return this.#begin(id, ({ phase }) => (phase === 'paused' ? { stopping: true } : null));
    }
    return this.get(id);
  }

  /** Ends a plan that waits because numbers cannot be looked up: they stay unknown, and an undo looks at them. */
  setAside(id: number): Promise<PlanView> {
    return this.#tasks.run(() => this.#setAside(id));
  }

  async #setAside(id: number): Promise<PlanView> {
    await this.#settle();
    if (this.#running?.run.id === id) throw failure('rejected', 'The plan is running.', 'Pause it first.');
    if (await this.#options.journal.plans.setPlanAside(id)) {
      await this.#tell(id);
      await notePlan({ ...this.#options, id });
    }
    return this.get(id);
  }

  /** Gives the failed numbers of an ended plan another chance. */
  async retry(id: number): Promise<PlanView> {
    const prepare = () => this.#options.journal.plans.retryPlan(id, 'Resume to try again what failed.');
    return this.#start(id, ({ phase }) => (phase === 'done' || phase === 'paused' ? { prepare } : null));
  }

  /** Forgets a draft; no further request leaves for it. */
  async discard(id: number): Promise<void> {
    if (!(await this.#options.journal.drafts.discardPlan(id))) {
      await this.get(id);
      throw failure('rejected', 'A plan that was applied is kept.', 'It can be undone instead.');
    }
    this.#checking.abort(id);
    this.#options.onGone(id);
  }

  /** True while a plan sends requests. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /** Resolves when nothing is applied or compared: for tests, and before the files are closed. */
  async settled(): Promise<void> {
    await this.#checking.settled();
    await this.#running?.ended;
  }

  async close(): Promise<void> {
    const begun = this.#tasks.close();
    this.#checking.close();
    this.#running?.run.pause(interrupted, closeGraceMs);
    await begun;
    await this.settled();
  }

  /** A new draft, with its comparison begun once it is told. */
  async #show({ id, total }: MadeDraft): Promise<PlanView> {
    const begin = this.#checking.prepare(id, total);
    try {
      const plan = await this.get(id);
      begin();
      this.#options.onPlan(plan);
      return plan;
    } catch (thrown) {
      // Nobody knows of it: nothing is compared, and nothing waits for that.
      this.#checking.abort(id);
      throw thrown;
    }
  }

  /**
   * Runs a plan. `allow` looks at it once it is known that nothing else runs: it throws when that is not to be, gives null when
   * there is nothing to do, or what the run needs besides.
   */
  #start(id: number, allow: Allow): Promise<PlanView> {
    return this.#tasks.run(() => this.#begin(id, allow));
  }

  async #begin(id: number, allow: Allow): Promise<PlanView> {
    for (;;) {
      await this.#settle();
      const plan = await this.get(id);
      if (this.#running?.run.over) continue;
      const allowed = allow(plan);
      if (allowed === null) return plan;
      if (this.#running?.run.id === id && plan.phase !== 'draft') {
        // Somebody else began it meanwhile: that is what was wanted.
        await this.#running.run.begun;
        return this.get(id);
      }
      if (this.#running) {
        throw failure('rejected', 'Another plan is being applied.', 'Wait until it is done, or pause it.');
      }
      if (this.#tasks.closing) throw cancelled();
      // Taken before anything is awaited again: a second click or another plan finds it running.
      const run = this.#take(id, allowed);
      await run.begun;
      return this.get(id);
    }
  }

  #take(id: number, allowed: Pick<PlanRunOptions, 'prepare' | 'stopping'>): PlanRun {
    const { journal, inventory, routes, record, log, againMs } = this.#options;
    const run = new PlanRun({
      ...{ id, journal, inventory, record, log, ...allowed },
      carrier: this.#carrier(),
      typeOf: (name) => routes.typeOf(name),
      tell: () => this.#tell(id),
      ...(againMs === undefined ? {} : { againMs }),
    });
    const ended = run.start().finally(() => {
      this.#running = null;
      return this.#tell(id).catch(() => undefined);
    });
    this.#running = { run, ended };
    return run;
  }

  /** A run whose end is settled lasts until that is written: what comes then waits for it, and finds the plan as it is. */
  async #settle(): Promise<void> {
    while (this.#running?.run.over) await this.#running.run.done;
  }

  #carrier(): Carrier {
    const carrier = this.#options.carrier();
    if (carrier) return carrier;
    throw failure(
      'signed-out',
      'There are no keys to change routes with.',
      'Enter the keys of this account.',
    );
  }

  /** What only this process knows of a plan: how far a comparison is, and how fast it goes. */
  #live<T extends PlanSummary>(plan: T): T {
    const checking = this.#checking.progress(plan.id);
    const perSecond = this.#running?.run.id === plan.id ? this.#running.run.perSecond : 0;
    return { ...plan, checking, perSecond };
  }

  async #tell(id: number): Promise<void> {
    const plan = await this.#options.journal.plans.planSummary(id);
    if (plan) this.#options.onPlan(this.#live(plan));
  }
}
