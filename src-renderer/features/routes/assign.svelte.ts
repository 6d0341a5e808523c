import type { AppError, Result } from '#main/contract/errors.ts';
import { formatNumber } from '#main/contract/phone.ts';
import { formatCount, routeWords } from '#main/contract/words.ts';
import { parseQuery } from '#main/contract/query.ts';
import { noRoute, type Pair } from '#main/contract/model.ts';
import type { PlanSummary, PlanView, RouteChange, SideChange } from '#main/contract/routing.ts';
import { planWhen } from './plans.ts';
import { RouteBook } from './route-book.svelte.ts';
import { outsideWords } from '../numbers/numbers.svelte.ts';
import type { AppState, Subject } from '../../app/app.svelte.ts';

/** Numbers named in the dialog; the rest is counted. */
const mostNamed = 3;

/**
 * Setting the routes of what `app.assigning` holds. Whatever is on its way belongs to the subject it was begun for: once
 * that is gone or another one, nothing more is sent, the draft is forgotten, and the dialog is left alone.
 */
export class AssignState {
  primary = $state('');
  failover = $state('');
  /** No failover at all, instead of a route. */
  withoutFailover = $state(false);
  readonly book = new RouteBook();
  /** What a single number has, by the list. */
  now = $state.raw<Pair | null>(null);
  /** What it has was not read yet: nobody has seen what would change. */
  #unread = false;
  error = $state.raw<AppError | null>(null);
  busy = $state('');
  #app: AppState;
  #work = new AbortController();

  constructor(app: AppState) {
    this.#app = app;
  }

  get single(): string | null {
    const subject = this.#app.assigning;
    return subject?.kind === 'numbers' && subject.numbers.length === 1 ? (subject.numbers[0] ?? null) : null;
  }

  get count(): number {
    const subject = this.#app.assigning;
    if (subject === null) return 0;
    return subject.kind === 'query' ? subject.count : subject.numbers.length;
  }

  /** The numbers it acts on, in words: what a key acts on must not have to be guessed. */
  get about(): string {
    const subject = this.#app.assigning;
    const alone = subject?.kind === 'numbers' && !subject.outside;
    if (subject === null || (this.single !== null && alone)) return '';
    if (subject.kind === 'query') {
      const text = subject.text.replace(/\bnumbers:[a-z0-9]+/gi, 'the pasted numbers').trim();
      return text ? `All that match ${text}` : 'All of the list';
    }
    const { numberFormat } = this.#app.settings;
    const named = subject.numbers.slice(0, mostNamed).map((number) => formatNumber(number, numberFormat));
    const others = subject.numbers.length - named.length;
    const rest = others > 0 ? ` and ${formatCount(others)} more` : '';
    const { outside = 0 } = subject;
    const hidden = outside > 0 ? `. ${outsideWords(outside)}` : '';
    return `The selected ones: ${named.join(', ')}${rest}${hidden}`;
  }

  /** Why the query finds nothing: a part of it is not understood, or not typed to its end. */
  get wrongQuery(): string | null {
    const subject = this.#app.assigning;
    if (subject?.kind !== 'query') return null;
    const token = parseQuery(subject.text).tokens.find((one) => one.problem !== null);
    return token ? `"${token.text}" is not understood: ${token.problem ?? ''}` : null;
  }

  /** A number can have no failover at all. */
  get hasNone(): boolean {
    return this.#app.features?.noneAsFailover ?? false;
  }

  get change(): RouteChange {
    const none = this.hasNone && this.withoutFailover;
    return { primary: this.#typed(this.primary), failover: none ? 'none' : this.#typed(this.failover) };
  }

  /** The listed name that is typed, byte for byte; else what is typed, and nothing keeps the side. */
  #typed(text: string): Exclude<SideChange, 'none'> {
    const route = this.book.find(text) ?? text.trim();
    return route === '' ? 'keep' : { route };
  }

  /** The listed name that was probably meant by the first one that is not listed; null when none is near. */
  get meant(): string | null {
    return this.unknown === undefined ? null : this.book.meant(this.unknown);
  }

  get after(): Pair | null {
    const { now, change } = this;
    return (
      now && {
        primary: labelAfter(change.primary, now.primary),
        failover: labelAfter(change.failover, now.failover),
      }
    );
  }

  get nothing(): boolean {
    return this.change.primary === 'keep' && this.change.failover === 'keep';
  }

  /**
   * By the list the number has no primary route, and none is chosen for it: unless the carrier has one by now, the change will be
   * left out.
   */
  get lacksPrimary(): boolean {
    return !this.nothing && this.now?.primary === noRoute && this.change.primary === 'keep';
  }

  /** The first name that no listed route has; undefined when all are known or that cannot be told. */
  get unknown(): string | undefined {
    const typed = this.hasNone && this.withoutFailover ? [this.primary] : [this.primary, this.failover];
    return typed.find((text) => this.book.lacks(text))?.trim();
  }

  /** What was applied last, to be picked: only the side that is to be mended, where there is one. Null for nothing. */
  get offer(): RouteChange | null {
    const subject = this.#app.assigning;
    const { change } = this.#app.last;
    if (subject === null || change === null) return null;
    const side = subject.kind === 'query' ? subject.side : undefined;
    const offer = {
      primary: side === 'failover' ? 'keep' : change.primary,
      failover: side === 'primary' ? 'keep' : change.failover,
    } as const;
    return offer.primary === 'keep' && offer.failover === 'keep' ? null : offer;
  }

  /** Fills in what is offered: somebody chose it. */
  pickOffer(): void {
    const { offer } = this;
    if (!offer) return;
    this.primary = typedFor(offer.primary);
    this.failover = typedFor(offer.failover);
    this.withoutFailover = offer.failover === 'none';
  }

  get ready(): boolean {
    return !this.nothing && this.busy === '' && this.unknown === undefined && this.wrongQuery === null;
  }

  /** Begins anew for a subject; null when the dialog was closed. */
  begin(subject: Subject | null): void {
    this.end();
    this.error = null;
    this.busy = '';
    this.now = null;
    this.#unread = false;
    if (subject === null) return;
    // Nothing is filled in: what was typed before may have been given up.
    this.primary = '';
    this.failover = '';
    this.withoutFailover = false;
    void this.#load(subject);
  }

  /** What is on its way for this subject ends. */
  end(): void {
    this.#work.abort();
  }

  cancel(): void {
    this.end();
    this.#app.assigning = null;
  }

  /** Sets one number, or plans many. */
  async submit(): Promise<void> {
    const subject = this.#app.assigning;
    if (!subject || !this.ready) return;
    const { change, single } = this;
    const work = new AbortController();
    this.#work = work;
    this.busy = 'Planning…';
    this.error = null;
    const source =
      subject.kind === 'query'
        ? { kind: 'query' as const, text: subject.text, change }
        : { kind: 'numbers' as const, numbers: [...subject.numbers], change };
    const drafted = await this.#app.client.call('plans.draft', { source });
    const account = this.#app.accounts?.currentId;
    const mine = () =>
      !work.signal.aborted && this.#app.assigning === subject && this.#app.accounts?.currentId === account;
    if (!drafted.ok) return mine() ? this.#failed(drafted.error) : undefined;
    const { id } = drafted.value;
    if (!mine()) return this.#discard(id);
    this.#app.last.drafted(id, change);
    if (single === null) return this.#show(id);
    await this.#setOne(id, single, mine, work.signal);
  }

  /** Takes a set of one number back. Looks at the plan instead when the number is not what it was left as. */
  async undo(plan: number, number: string): Promise<void> {
    const account = this.#app.accounts?.currentId;
    const left = () => account !== this.#app.accounts?.currentId;
    const drafted = await this.#app.client.call('plans.draft', { source: { kind: 'undo', plan } });
    if (left()) return;
    if (!drafted.ok) return this.#say(drafted.error);
    const { id } = drafted.value;
    const compared = await this.#compared(id);
    // The draft stays with its account.
    if (left()) return;
    if (!compared?.ok || compared.value.total === 0 || compared.value.checkedAt === null)
      return this.#app.openPlan(id);
    const ended = await this.#apply(compared.value);
    if (left()) return;
    if (!ended.ok) {
      await this.#discard(id);
      return this.#say(ended.error);
    }
    if (ended.value.counts.done + ended.value.counts.same !== 1) return this.#app.openPlan(id);
    this.#app.say(`Routes of ${formatNumber(number, 'national')} are as before.`);
  }

  /** One number was shown before and after right here: it needs no second look. */
  async #setOne(id: number, number: string, mine: () => boolean, signal: AbortSignal): Promise<void> {
    this.busy = 'Asking the carrier…';
    const compared = await this.#compared(id, signal);
    if (!compared || !mine()) return this.#discard(id);
    if (!compared.ok) return this.#failed(compared.error);
    const { checkedAt, total, flagged, problems } = compared.value;
    if (checkedAt !== null && total === 0 && problems === 0) {
      await this.#discard(id);
      if (!mine()) return;
      this.#app.assigning = null;
      return this.#app.say(`${formatNumber(number, 'national')} has these routes already.`);
    }
    // The carrier had something else than the list, or the list did not know: that has to be seen first.
    if (checkedAt === null || flagged > 0 || total === 0 || this.#unread) return this.#show(id);
    const { now, after } = this;
    const turned = now && after ? `: ${inWords(now)} → ${inWords(after)}` : '';
    this.busy = 'Setting…';
    const ended = await this.#apply(compared.value);
    if (!ended.ok) {
      // Refused, as while another plan runs: no draft that nobody asked for stays behind.
      await this.#discard(id);
      return mine() ? this.#failed(ended.error) : this.#say(ended.error);
    }
    if (ended.value.counts.done + ended.value.counts.same !== 1) {
      return mine() ? this.#show(id) : this.#app.say(`${formatNumber(number, 'national')} was not set.`);
    }
    if (mine()) this.#app.assigning = null;
    const undo = { label: 'Undo', run: () => void this.undo(id, number) };
    this.#app.say(`Routes of ${formatNumber(number, 'national')} are set${turned}.`, undo);
  }

  /** A draft as it is once it was compared: exactly that is applied. */
  async #compared(id: number, signal?: AbortSignal): Promise<Result<PlanView> | null> {
    const told = await planWhen(this.#app.client, id, isCompared, signal);
    return told?.ok ? this.#app.client.call('plans.get', { id }) : told;
  }

  async #apply({ id, revision }: PlanView): Promise<Result<PlanSummary>> {
    const applied = await this.#app.client.call('plans.apply', { id, revision });
    if (!applied.ok) return applied;
    const ended = (plan: PlanSummary) => plan.phase === 'done' || plan.phase === 'paused';
    return (await planWhen(this.#app.client, id, ended)) ?? applied;
  }

  async #load(subject: Subject): Promise<void> {
    const { client } = this.#app;
    void this.book.load(client);
    const { single } = this;
    if (single === null) return;
    const byNumber = { column: 'number', direction: 'asc' } as const;
    const found = await client.call('numbers.query', { text: single, sort: byNumber, offset: 0, limit: 1 });
    const row = found.ok ? found.value.rows[0] : undefined;
    if (!row || this.#app.assigning !== subject) return;
    this.#unread = row.primary === null || row.failover === null;
    if (row.primary !== null && row.failover !== null)
      this.now = { primary: row.primary, failover: row.failover };
  }

  #show(id: number): void {
    this.#app.assigning = null;
    this.#app.openPlan(id);
  }

  async #discard(id: number): Promise<void> {
    await this.#app.client.call('plans.discard', { id });
  }

  #failed(what: AppError): void {
    this.error = what;
    this.busy = '';
  }

  #say({ message, action }: AppError): void {
    this.#app.say(`${message} ${action}`);
  }
}

function inWords({ primary, failover }: Pair): string {
  return `${routeWords(primary)}, then ${routeWords(failover)}`;
}

/** What a side shows after a change of it. */
function labelAfter(change: SideChange, now: string): string {
  if (change === 'keep') return now;
  return change === 'none' ? noRoute : change.route;
}

/** What stands in the field of a side for a change of it. */
function typedFor(change: SideChange): string {
  return typeof change === 'string' ? '' : change.route;
}

function isCompared(plan: PlanSummary): boolean {
  return plan.checking === null && (plan.checkedAt !== null || plan.waiting !== null);
}
