import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { toAppError } from '../contract/errors.ts';
import { agree, formatCount, numbersOf } from '../contract/words.ts';
import type { OwnedNumber } from '../contract/model.ts';
import type { PlanItemState } from '../contract/routing.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { NewActivity } from '../activity/activity-store.ts';
import { applyItem, MustWait, notAsked, type Applied } from './apply.ts';
import { GroupCommit } from '../jobs/group-commit.ts';
import { slice } from './comparisons.ts';
import type { ItemUpdate, RunPlanItem } from './plan-store.ts';

export type PlanRunOptions = {
  readonly id: number;
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly carrier: Carrier;
  readonly typeOf: (route: string) => string;
  readonly tell: () => Promise<void>;
  readonly record: (entry: Omit<NewActivity, 'at'>) => Promise<void>;
  readonly log: (line: string) => void;
  readonly againMs?: number;
  /** Written down when the plan is taken, before it counts as running. */
  readonly prepare?: () => Promise<void>;
  /** Only looks up what may have been sent, and leaves the rest. */
  readonly stopping?: boolean;
};

/** More than the pacing ever lets through at once: the carrier sets the speed, not this. */
const lanes = 32;
/** Numbers without a clear answer and none changed in between: an outage. */
const mostUnclear = 5;
const tellEveryMs = 200;
/** How long a question on its way may take before a pause, a stop or the end of the application breaks it off. */
const pauseGraceMs = 2_000;
export const closeGraceMs = 500;
const sentBackText = 'The carrier asks for fewer requests. Resume after a while, or stop.';
const pausedText = 'Paused. Nothing is sent until you resume it.';

/** One plan while it is being applied. Every step is in the journal before and after its request. */
export class PlanRun {
  readonly id: number;
  /** Resolves when the plan is marked as running; rejects when that could not be written down: then nothing was sent. */
  readonly begun: Promise<void>;
  done: Promise<void> = Promise.resolve();
  #options: PlanRunOptions;
  #writes = new AbortController();
  #looks = new AbortController();
  /** Milliseconds for a question that begins after the run was halted; null before. */
  #grace: number | null = null;
  /** Nothing is asked any more: it was paused, there is trouble, or a question was called off. */
  #deaf = false;
  /** Numbers given up since the last one that was changed, and how many of all come last. */
  #unclear = 0;
  #later = 0;
  #wanted: 'paused' | 'stopping' | null = null;
  #waiting = pausedText;
  #timer: NodeJS.Timeout | null = null;
  #settled = 0;
  #begunAt = 0;
  #begin: () => void = () => undefined;
  #notBegun: (reason: unknown) => void = () => undefined;
  /** What the last word will be is settled: nothing that comes now changes it. */
  #over = false;

  constructor(options: PlanRunOptions) {
    this.id = options.id;
    this.#options = options;
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#notBegun = reject;
    });
    // Told to whoever waits for it.
    this.begun.catch(() => undefined);
    if (!options.stopping) return;
    // It runs to ask: only a pause breaks that off.
    this.#wanted = 'stopping';
    this.#writes.abort();
  }

  /** True from the moment its end is settled; `done` resolves when that is written and told. */
  get over(): boolean {
    return this.#over;
  }

  get perSecond(): number {
    const seconds = (performance.now() - this.#begunAt) / 1000;
    return this.#settled > 0 ? Math.round(this.#settled / Math.max(seconds, 0.1)) : 0;
  }

  /** Never rejects: how it ended is in the journal. */
  start(): Promise<void> {
    this.done = this.#run()
      .catch(async (thrown: unknown) => {
        this.#over = true;
        const { code, message, action } = toAppError(thrown);
        this.#options.log(`plan ended: ${code}`);
        // What cannot be written down is told to whoever began it.
        await this.#phase('paused', `${message} ${action}`).catch(() => {
          this.#notBegun(thrown);
        });
      })
      .finally(() => {
        if (this.#timer) clearTimeout(this.#timer);
        this.#begin();
      });
    return this.done;
  }

  /** Ends after the requests that left; questions about them get `graceMs` milliseconds. */
  pause(waiting = pausedText, graceMs = pauseGraceMs): void {
    this.#waiting = waiting;
    this.#wanted ??= 'paused';
    this.#deaf = true;
    this.#halt(graceMs);
  }

  /** The same, and leaves the rest. */
  async stop(): Promise<void> {
    this.#wanted = 'stopping';
    this.#halt(pauseGraceMs);
    await this.#phase('stopping', '');
  }

  #halt(graceMs: number): void {
    this.#grace = graceMs;
    this.#writes.abort();
    setTimeout(() => {
      this.#looks.abort();
    }, graceMs).unref();
  }

  async #run(): Promise<void> {
    const { id, journal } = this.#options;
    await this.#options.prepare?.();
    // One that was halted before it began is never shown as running.
    await this.#phase(this.#wanted === 'stopping' ? 'stopping' : 'running', '');
    this.#begin();
    this.#begunAt = performance.now();
    const trouble = await this.#applyAll();
    this.#over = true;
    if (this.#wanted === 'stopping') await journal.plans.leaveRest(id);
    const plan = await journal.plans.planSummary(id);
    const { planned = 0, unknown = 0, sending = 0 } = plan?.counts ?? {};
    if (planned + unknown + sending > 0) {
      const end = planned > 0 && unknown === 0 ? sentBackText : 'Some numbers could not be looked up.';
      await this.#phase('paused', trouble ?? (this.#wanted === 'paused' ? this.#waiting : end));
      return;
    }
    await this.#phase('done', '');
    await notePlan(this.#options);
  }

  /** Works through what is open, and what had no clear answer once more at the end. Returns why it had to stop, or null. */
  async #applyAll(): Promise<string | null> {
    const first = await this.#round([['unknown', 'sending'], ['planned']], false);
    if (first !== null || this.#later === 0 || this.#writes.signal.aborted) return first;
    this.#unclear = 0;
    return this.#round([['planned']], true);
  }

  /** Many numbers side by side. */
  async #round(steps: PlanItemState[][], last: boolean): Promise<string | null> {
    const { id, journal, inventory, carrier, typeOf, againMs } = this.#options;
    const writes = this.#writes;
    const marks = new GroupCommit<ItemUpdate>((updates) => journal.plans.updatePlan(id, updates));
    const seen = new GroupCommit<{ item: OwnedNumber; at: number }>((found) => inventory.applySeen(found));
    const next = this.#feed(steps);
    let trouble: string | null = null;
    const options = {
      ...{ carrier, typeOf, last, writes: writes.signal },
      looks: () => (this.#grace === null ? this.#looks.signal : AbortSignal.timeout(this.#grace)),
      mark: (update: ItemUpdate) => marks.add(update),
      seen: (item: OwnedNumber, at: number) => seen.add({ item, at }),
      ...(againMs === undefined ? {} : { againMs }),
    };
    const wait = (why: string) => {
      trouble ??= why;
      this.#deaf = true;
      writes.abort();
    };
    const lane = async () => {
      for (let item = await next(); item !== undefined; item = await next()) {
        if (writes.signal.aborted && (item.sent === 0 || this.#deaf)) continue;
        try {
          const applied = await applyItem(item, options);
          if (applied.reason === notAsked) this.#deaf = true;
          const why = this.#inRow(applied, item.sent === 0);
          if (why !== null) wait(why);
          // Those that the outage had begun to wear down are tried again as well.
          const again = applied.givenUp && this.#unclear >= mostUnclear;
          await marks.add(again ? { ...applied, status: 'planned' } : applied);
        } catch (thrown) {
          if (!(thrown instanceof MustWait)) throw thrown;
          await marks.add(thrown.update);
          wait(`${thrown.error.message} ${thrown.error.action}`);
        }
        this.#settled += 1;
        this.#tellSoon();
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    return trouble;
  }

  /** Trouble one number after another is about more than numbers. Returns why the plan has to wait, or null. */
  #inRow({ status, givenUp, reason }: Applied, isNew: boolean): string | null {
    if (status === 'done') this.#unclear = 0;
    // Sent just now, and unreadable since.
    const lost = status === 'unknown' && isNew && reason !== notAsked;
    if (!givenUp && !lost) return null;
    this.#unclear += 1;
    if (status === 'planned') this.#later += 1;
    if (this.#unclear < mostUnclear) return null;
    return `${numbersOf(this.#unclear)} in a row had no clear answer. ${reason} Resume when it is better, or stop.`;
  }

  /**
   * Returns the function that gives the next number to work on, read from the journal in slices. What may have been sent comes
   * first and is looked up, stopping or not.
   */
  #feed(steps: PlanItemState[][]): () => Promise<RunPlanItem | undefined> {
    const { id, journal } = this.#options;
    let items: RunPlanItem[] = [];
    let after = '';
    let reading: Promise<void> | null = null;
    const read = async () => {
      // Once nothing more is to be sent, what was not sent stays where it is.
      if (steps.length === 1 && this.#writes.signal.aborted) steps.shift();
      const [states] = steps;
      if (!states) return;
      const found = await journal.plans.planRun(id, states, after, slice);
      after = found.at(-1)?.number ?? '';
      if (found.length === 0) steps.shift();
      items = found.reverse();
    };
    return async () => {
      while (items.length === 0 && steps.length > 0) {
        reading ??= read().finally(() => (reading = null));
        await reading;
      }
      return items.pop();
    };
  }

  async #phase(phase: 'running' | 'paused' | 'stopping' | 'done', waiting: string): Promise<void> {
    await this.#options.journal.plans.setPlanPhase(this.id, phase, waiting);
    await this.#options.tell();
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#options.tell().catch(() => undefined);
    }, tellEveryMs);
  }
}

/** Writes down how a plan ended. Never rejects: a plan is done whether or not that can be noted. */
export async function notePlan(
  options: Pick<PlanRunOptions, 'id' | 'journal' | 'record' | 'log'>,
): Promise<void> {
  const { id, journal, record, log } = options;
  try {
    const plan = await journal.plans.planSummary(id);
    if (!plan) return;
    const { done, same, changed, failed, left, unknown } = plan.counts;
    const parts = [
      `${formatCount(done)} changed`,
      same > 0 ? `${formatCount(same)} ${agree(same, 'was', 'were')} so already` : '',
      changed > 0 ? `${formatCount(changed)} left alone: changed elsewhere` : '',
      failed > 0 ? `${formatCount(failed)} failed` : '',
      left > 0 ? `${formatCount(left)} not sent` : '',
      unknown > 0 ? `${formatCount(unknown)} not known` : '',
    ];
    const numbers = await journal.plans.changedNumbers(id);
    const text = `Change ${plan.ordinal} (${plan.title}): ${parts.filter(Boolean).join(', ')}`;
    await record({ kind: 'routes', text, outcome: failed > 0 ? 'failed' : 'ok', numbers });
  } catch (thrown) {
    log(`end of a plan could not be noted: ${toAppError(thrown).code}`);
  }
}
