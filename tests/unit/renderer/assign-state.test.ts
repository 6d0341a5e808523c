import { beforeEach, expect, test } from 'vitest';
import { v1Features } from '../../../src-main/carrier/flowroute/v1/features.ts';
import type { AccountsView } from '../../../src-main/contract/accounts.ts';
import { createClient } from '../../../src-main/contract/client.ts';
import type { MethodName } from '../../../src-main/contract/contract.ts';
import type { Features } from '../../../src-main/contract/features.ts';
import type { PlanView } from '../../../src-main/contract/routing.ts';
import { planItemStatuses, type PlanItemStatus } from '../../../src-main/contract/plan-statuses.ts';
import { AppState, type Subject } from '../../../src-renderer/app/app.svelte.ts';
import { AssignState } from '../../../src-renderer/features/routes/assign.svelte.ts';

const number = '12065550142';
const other = '12065550143';
const settled = () => new Promise((resolve) => setTimeout(resolve));
let asked: MethodName[];
let inputs: { method: MethodName; input: unknown }[];
let plan: PlanView;
let applyFails: boolean;
let row: { primary: string | null; failover: string | null } | null;
let goneListeners: ((payload: unknown) => void)[];
let listeners: ((payload: unknown) => void)[];
let listed: { label: string; listed: boolean }[];
let features: Features;
let app: AppState;
let assign: AssignState;

function planOf(change: Partial<PlanView> = {}): PlanView {
  const counts = Object.fromEntries(planItemStatuses.map((state) => [state, 0])) as Record<
    PlanItemStatus,
    number
  >;
  return {
    ...{
      id: 7,
      ordinal: 7,
      createdAt: 1,
      kind: 'assign',
      title: 'Set primary to a',
      phase: 'draft',
      waiting: null,
      stopped: false,
    },
    ...{ checkedAt: null, checking: { done: 0, total: 1 }, counts, total: 1, alreadyRight: 0, problems: 0 },
    ...{
      flagged: 0,
      undoable: 0,
      perSecond: 0,
      groups: [],
      groupCount: 0,
      revision: 0,
      rows: 0,
      twice: 0,
      file: null,
    },
    ...change,
  };
}
const error = {
  code: 'rejected',
  message: 'Another plan is being applied.',
  action: 'Wait.',
  retryable: false,
} as const;

const rowsFrom = ({ offset }: { offset: number }) => listed.slice(offset, offset + 500);
function answer(method: MethodName, input: unknown): unknown {
  switch (method) {
    case 'plans.draft':
    case 'plans.get':
      return plan;
    case 'plans.apply':
      plan = planOf({ phase: 'running', checking: null, checkedAt: 5 });
      return plan;
    case 'plans.list':
      return { total: 0, open: 0, offset: 0, plans: [] };
    case 'routes.window':
      return { rows: rowsFrom(input as { offset: number }), matching: listed.length };
    case 'numbers.query':
      return { rows: row ? [row] : [] };
    case 'settings.get':
      return app.settings;
    case 'accounts.get':
      return {
        accounts: [{ id: 'a', features }],
        currentId: 'a',
        keychain: { available: true, reason: null },
      };
    case 'app.notices':
    case 'shell.commands':
      return [];
    case 'app.info':
      return { platform: 'linux', locale: null, desktop: null };
    default:
      return null;
  }
}
async function tell(change: Partial<PlanView>): Promise<void> {
  plan = planOf(change);
  for (const listener of listeners) listener(plan);
  await settled();
}
const compared = { checking: null, checkedAt: 5 };
const done = () => ({ ...compared, phase: 'done' as const, counts: { ...planOf().counts, done: 1 } });

async function open(subject: Subject): Promise<void> {
  app.assigning = subject;
  assign.begin(subject);
  assign.primary = 'a';
  await settled();
}

beforeEach(() => {
  features = v1Features;
  asked = [];
  inputs = [];
  plan = planOf();
  applyFails = false;
  row = null;
  listed = [];
  goneListeners = [];
  listeners = [];
  app = new AppState(
    createClient({
      invoke(method, input) {
        asked.push(method);
        inputs.push({ method, input });
        if (method === 'plans.apply' && applyFails) return Promise.resolve({ ok: false, error });
        return Promise.resolve({ ok: true, value: answer(method, input) });
      },
      subscribe(event, listener) {
        if (event === 'plans') listeners.push(listener);
        if (event === 'planGone') goneListeners.push(listener);
        return () => (listeners = listeners.filter((one) => one !== listener));
      },
    }),
  );
  assign = new AssignState(app);
});

test('cancelled while the carrier is asked: nothing is applied, and the draft is forgotten at once', async () => {
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  expect(assign.busy).toBe('Asking the carrier…');
  assign.cancel();
  await set;
  expect(app.assigning).toBeNull();
  expect(asked.filter((method) => method.startsWith('plans.'))).toEqual([
    'plans.draft',
    'plans.get',
    'plans.discard',
  ]);
  await tell(compared);
  expect(asked).not.toContain('plans.apply');
});

test('another dialog that was opened meanwhile is neither closed nor marked as busy', async () => {
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  const next: Subject = { kind: 'numbers', numbers: [other] };
  await open(next);
  await set;
  expect(app.assigning).toBe(next);
  expect(assign.busy).toBe('');
  expect(asked).not.toContain('plans.apply');
  expect(asked).toContain('plans.discard');
});

test('a draft that comes back after the dialog was closed is forgotten', async () => {
  await open({ kind: 'numbers', numbers: [number, other] });
  const set = assign.submit();
  app.assigning = null;
  await set;
  expect(asked).toContain('plans.discard');
  expect(app.nav.place.screen).toBe('numbers');
});

test('closed after it was sent: it is told how it ended, and what is open now stays', async () => {
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  await tell(compared);
  expect(assign.busy).toBe('Setting…');
  const next: Subject = { kind: 'numbers', numbers: [other] };
  await open(next);
  await tell(done());
  await set;
  expect(app.assigning).toBe(next);
  expect(app.toasts.shown.at(-1)?.text).toBe('Routes of (206) 555-0142 are set.');
});

test('a second press while the first is on its way asks for nothing', async () => {
  await open({ kind: 'numbers', numbers: [number] });
  void assign.submit();
  await settled();
  await assign.submit();
  expect(asked.filter((method) => method === 'plans.draft')).toHaveLength(1);
});

test('refused while another plan runs: said beside the button, and no draft stays behind', async () => {
  applyFails = true;
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  await tell(compared);
  await set;
  expect(assign.error).toEqual(error);
  expect(assign.busy).toBe('');
  expect(asked.at(-1)).toBe('plans.discard');
  expect(app.assigning).not.toBeNull();
});

test('what the carrier has otherwise is shown first; what is so already leaves no plan', async () => {
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  await tell({ ...compared, flagged: 1 });
  await set;
  expect([app.nav.place, app.assigning]).toEqual([{ screen: 'routes', tab: 'changes', plan: 7 }, null]);
  expect(asked).not.toContain('plans.apply');

  plan = planOf();
  await open({ kind: 'numbers', numbers: [number] });
  const same = assign.submit();
  await settled();
  await tell({ ...compared, total: 0, alreadyRight: 1 });
  await same;
  expect(asked.at(-1)).toBe('plans.discard');
  expect(app.toasts.shown.at(-1)?.text).toBe('(206) 555-0142 has these routes already.');
});

test('what was set can be taken back right where it is said', async () => {
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  await tell(compared);
  await tell(done());
  await set;
  const action = app.toasts.shown.at(-1)?.action;
  expect(action?.label).toBe('Undo');
  plan = planOf();
  action?.run();
  await settled();
  expect(inputs.findLast(({ method }) => method === 'plans.draft')?.input).toEqual({
    source: { kind: 'undo', plan: 7 },
  });
  await tell(compared);
  await tell(done());
  expect(app.toasts.shown.at(-1)?.text).toBe('Routes of (206) 555-0142 are as before.');
});

test('a part of the query that is not understood cannot be planned, and it is named', async () => {
  await open({ kind: 'query', text: 'stat:wa 206', count: 3 });
  expect(assign.wrongQuery).toMatch(/^"stat:wa" is not understood: There is no filter "stat"/);
  await assign.submit();
  expect(asked).not.toContain('plans.draft');
});

test('it says which numbers it acts on, and nothing is filled in', async () => {
  await open({ kind: 'numbers', numbers: [number, other, '12065550144', '12065550145', '12065550146'] });
  expect(assign.about).toBe('The selected ones: (206) 555-0142, (206) 555-0143, (206) 555-0144 and 2 more');
  assign.failover = 'typed and given up';
  assign.cancel();
  app.assigning = { kind: 'numbers', numbers: [number] };
  assign.begin(app.assigning);
  expect(assign.change).toEqual({ primary: 'keep', failover: 'keep' });
});

/** Drafts `failover` for one number, which is shown as a plan, and tells what becomes of it. */
async function draftFailover(failover: string): Promise<void> {
  plan = planOf();
  app.assigning = { kind: 'numbers', numbers: [number, other] };
  assign.begin(app.assigning);
  assign.failover = failover;
  await assign.submit();
  expect(app.nav.place).toEqual({ screen: 'routes', tab: 'changes', plan: 7 });
}
function openAgain(subject: Subject): void {
  app.assigning = subject;
  assign.begin(subject);
}

test('a plan that was discarded fills nothing and is not offered; what was applied is offered to be picked', async () => {
  const stop = app.start();
  await settled();
  await draftFailover('forgotten');
  await tell(compared);
  for (const listener of goneListeners) listener({ id: 7 });
  openAgain({ kind: 'numbers', numbers: [other] });
  expect([assign.change, assign.offer]).toEqual([{ primary: 'keep', failover: 'keep' }, null]);

  await draftFailover('fax');
  await tell(done());
  openAgain({ kind: 'numbers', numbers: [other] });
  expect(assign.change).toEqual({ primary: 'keep', failover: 'keep' });
  expect(assign.ready).toBe(false);
  expect(assign.offer).toEqual({ primary: 'keep', failover: { route: 'fax' } });
  assign.pickOffer();
  expect(assign.change).toEqual({ primary: 'keep', failover: { route: 'fax' } });
  // Only the side that is to be mended.
  openAgain({ kind: 'query', text: 'audit:missing-primary', count: 3, side: 'primary' });
  expect(assign.offer).toBeNull();
  // A change that was taken back is not offered once more.
  await tell({ ...done(), id: 8, kind: 'undo' });
  openAgain({ kind: 'numbers', numbers: [other] });
  expect(assign.offer).toBeNull();
  stop();
});

test('what was said of one number names what it had and what it has', async () => {
  row = { primary: 'old', failover: 'sip-reg' };
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  await tell(compared);
  await tell(done());
  await set;
  expect(app.toasts.shown.at(-1)?.text).toBe(
    'Routes of (206) 555-0142 are set: old, then sip-reg → a, then sip-reg.',
  );
});

test('no failover at all is chosen, shown, offered again and sent where the API has it, and nowhere else', async () => {
  const stop = app.start();
  await settled();
  row = { primary: 'old', failover: 'fax' };
  await open({ kind: 'numbers', numbers: [number] });
  assign.primary = '';
  assign.withoutFailover = true;
  expect([assign.hasNone, assign.nothing]).toEqual([false, true]);

  features = { ...v1Features, noneAsFailover: true };
  app.accounts = answer('accounts.get', {}) as AccountsView;
  expect([assign.hasNone, assign.nothing, assign.unknown]).toEqual([true, false, undefined]);
  assign.failover = 'typed before';
  expect(assign.after).toEqual({ primary: 'old', failover: '' });
  const set = assign.submit();
  await settled();
  await tell(compared);
  await tell(done());
  await set;
  expect(inputs.find(({ method }) => method === 'plans.draft')?.input).toMatchObject({
    source: { change: { primary: 'keep', failover: 'none' } },
  });
  expect(app.toasts.shown.at(-1)?.text).toBe(
    'Routes of (206) 555-0142 are set: old, then fax → old, then none.',
  );
  openAgain({ kind: 'numbers', numbers: [other] });
  expect(assign.change).toEqual({ primary: 'keep', failover: 'keep' });
  assign.pickOffer();
  expect(assign.change).toEqual({ primary: 'keep', failover: 'none' });
  stop();
});

test('that a number has no primary route is said before a change that chooses none', async () => {
  features = { ...v1Features, noneAsFailover: true };
  row = { primary: '', failover: '' };
  await open({ kind: 'numbers', numbers: [number] });
  assign.primary = '';
  expect(assign.lacksPrimary).toBe(false);
  assign.failover = 'b';
  expect(assign.lacksPrimary).toBe(true);
  assign.primary = 'a';
  expect(assign.lacksPrimary).toBe(false);
  // What was not read yet is another thing than none.
  row = { primary: null, failover: null };
  await open({ kind: 'numbers', numbers: [other] });
  [assign.primary, assign.failover] = ['', 'b'];
  expect(assign.lacksPrimary).toBe(false);
});

test('a name is unknown only where every listed route is at hand', async () => {
  // More than one answer holds, and as many as are kept.
  listed = Array.from({ length: 19_999 }, (_, at) => ({ label: `route-${at}`, listed: true }));
  listed.unshift({ label: 'in use, but not listed', listed: false });
  await open({ kind: 'numbers', numbers: [number] });
  expect(assign.unknown).toBe('a');
  // The carrier has one more, which is not kept.
  listed.push({ label: 'a', listed: true });
  await open({ kind: 'numbers', numbers: [other] });
  expect(assign.unknown).toBeUndefined();
  expect(assign.ready).toBe(true);
});

test('a number whose routes were not read yet is shown before it is set', async () => {
  row = { primary: null, failover: null };
  await open({ kind: 'numbers', numbers: [number] });
  const set = assign.submit();
  await settled();
  await tell(compared);
  await set;
  expect(asked).not.toContain('plans.apply');
  expect([app.assigning, app.nav.screen]).toEqual([null, 'routes']);
});

test('an undo whose account is left while it is compared leads nowhere in the other one', async () => {
  app.accounts = { ...app.accounts, currentId: 'a' } as typeof app.accounts;
  const undone = assign.undo(7, number);
  await settled();
  app.accounts = { ...app.accounts, currentId: 'b' } as typeof app.accounts;
  await tell({ ...compared, total: 0 });
  await undone;
  expect([app.nav.screen, asked.includes('plans.apply')]).toEqual(['numbers', false]);
});
