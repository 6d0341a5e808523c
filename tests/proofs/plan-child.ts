/**
 * The application in a process that may be killed while a plan runs: the plan with this ordinal, a change or (with an id) the undo
 * of that plan. The first start makes and applies it; every later one resumes it, or stops it. Prints a line of JSON for each change.
 *
 *   plan-child.ts FOLDER ORDINAL UNDO-OF|0 finish|stop
 */
import type { PlansWindow } from '../../src-main/contract/routing.ts';
import { application, call, say, unlocked, until } from './proof-app.ts';

const ordinal = Number(process.argv[3] ?? '1');
const undoOf = Number(process.argv[4] ?? '0');
const stops = process.argv[5] === 'stop';
application.subscribe((event, payload) => {
  if (event === 'plans') say({ plan: payload });
});
await unlocked();
say({ ready: true });
const mine = async () => {
  const { plans } = await call<PlansWindow>('plans.list', { offset: 0, limit: 9 });
  return plans.find((plan) => plan.ordinal === ordinal) ?? null;
};

if ((await mine()) === null) {
  await until(async () =>
    (await call<{ completedAt: number | null }>('sync.status', {})).completedAt ? true : null,
  );
  const change = { primary: { route: 'sbc-east' }, failover: { route: 'fax' } } as const;
  const source = undoOf > 0 ? { kind: 'undo', plan: undoOf } : { kind: 'query', text: '', change };
  await call('plans.draft', { source });
}
for (;;) {
  const plan = await mine();
  if (plan?.phase === 'done') {
    await until(async () => {
      const { phase } = await call<{ phase: string }>('sync.status', {});
      return phase === 'idle' ? true : null;
    });
    say({ done: plan });
    break;
  }
  if (plan?.phase === 'draft' && plan.checking === null) {
    const { id } = plan;
    if (plan.checkedAt === null) await call('plans.check', { id });
    else
      await call('plans.apply', {
        id,
        revision: (await call<{ revision: number }>('plans.get', { id })).revision,
      });
  }
  // Whatever it waits for has passed by now: a person would press Resume. One that was stopped is looked up by it, and no more.
  if (plan?.phase === 'paused') {
    const method = stops && !plan.stopped ? 'plans.stop' : 'plans.resume';
    await call(method, { id: plan.id });
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const sort = { column: 'number', direction: 'asc' };
for (let offset = 0, more = true; more; offset += 500) {
  type Row = { number: string; primary: string; failover: string };
  const { rows } = await call<{ rows: Row[] }>('numbers.query', { text: '', sort, offset, limit: 500 });
  say({ rows: rows.map((row) => `${row.number} ${row.primary} ${row.failover}`) });
  more = rows.length === 500;
}
await application.close();
