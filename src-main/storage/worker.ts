/** The storage thread: owns the database and the index, answers one call after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { toAppError, type AppError } from '../contract/errors.ts';
import { NumberStore } from '../inventory/store.ts';
import { TagStore } from '../inventory/tag-store.ts';
import { JournalStore } from '../orders/journal-store.ts';
import { PlanStore } from '../routing/plan-store.ts';
import { journalMigrations } from './migrations/index.ts';
import type { StoreKind, WorkerAnswer, WorkerCall } from './protocol.ts';
import { isDamage, moveAside, openDatabase } from './sqlite.ts';

if (!parentPort) throw new Error('the storage worker must run as a worker thread');
const port = parentPort;
const post = (answer: WorkerAnswer) => {
  port.postMessage(answer);
};

type OpenStore = { readonly movedTo: string | null; readonly size: { revision: number; total: number } };
const { kind, file } = workerData as { kind: StoreKind; file: string };

let store: OpenStore | null = null;
/** What answers the calls: the first of these that has the method. */
let parts: readonly object[] = [];
try {
  [store, parts] = kind === 'numbers' ? openNumbers() : openJournal();
  post({ kind: 'opened' });
  if (store.movedTo !== null) post({ kind: 'moved', movedTo: store.movedTo });
} catch (thrown) {
  post({ kind: 'failed', error: describe(thrown) });
}

/** What questions get from now on, when a list is damaged and none can be begun anew. */
let broken: AppError | null = null;
let begunAnew = false;
/** Calls that have to wait until the index is filled. */
let waiting: WorkerCall[] | null = store instanceof NumberStore ? [] : null;
if (store instanceof NumberStore) fill(store, store.load());

port.on('message', (call: WorkerCall) => {
  if (!waiting || !(store instanceof NumberStore)) {
    answer(call);
    return;
  }
  const early = tried(() => (store as NumberStore).early(call.method, call.args));
  if (early === undefined) waiting.push(call);
  else post({ kind: 'answer', id: call.id, value: early });
});

/** One step of filling, then whatever was asked meanwhile, until it is done. */
function fill(numbers: NumberStore, steps: Generator<void>): void {
  try {
    if (steps.next().done !== true) {
      setImmediate(fill, numbers, steps);
      return;
    }
  } catch (thrown) {
    if (isDamage(thrown) && beginAnew(numbers)) return;
    // A part of a list must not pass for the whole: from now on every question gets this answer.
    broken = describe(thrown);
  }
  const calls = waiting ?? [];
  waiting = null;
  post({ kind: 'changed', size: numbers.size });
  for (const call of calls) answer(call);
}

/** A list that cannot be read is kept aside, and the carrier is asked for it again. Once: a second time it is the disk. */
function beginAnew(damaged: NumberStore): boolean {
  if (begunAnew) return false;
  begunAnew = true;
  try {
    damaged.close();
  } catch {
    // What is damaged may not close in order either.
  }
  try {
    const movedTo = moveAside(file);
    const begun = new NumberStore(file, damaged);
    store = begun;
    parts = [begun];
    waiting ??= [];
    post({ kind: 'moved', movedTo });
    setImmediate(fill, begun, begun.load());
    return true;
  } catch {
    return false;
  }
}

/** A question that fails now may be answered when everything is there. */
function tried(ask: () => unknown): unknown {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function answer(call: WorkerCall): void {
  const open = store;
  if (!open) return;
  if (broken && call.method !== 'close') {
    post({ kind: 'answer', id: call.id, error: broken });
    return;
  }
  const before = open.size.revision;
  try {
    // The callers are typed by `StoreClient`; nothing else can reach this port.
    const part = parts.find((one) => call.method in one) as Record<string, (...args: unknown[]) => unknown>;
    post({
      kind: 'answer',
      id: call.id,
      value: part[call.method]?.(...call.args),
    });
  } catch (thrown) {
    if (isDamage(thrown) && open instanceof NumberStore && beginAnew(open)) {
      // Asked again of the new list: what belongs to a pass over the old one is refused there.
      waiting?.push(call);
      return;
    }
    post({ kind: 'answer', id: call.id, error: describe(thrown) });
  }
  if (call.method === 'close') port.close();
  else if (open.size.revision !== before) post({ kind: 'changed', size: open.size });
}

function openNumbers(): [OpenStore, object[]] {
  const numbers = new NumberStore(file);
  return [numbers, [numbers]];
}

/** Orders, plans and tags share one file. What money and live calls depend on is on disk when a call returns. */
function openJournal(): [OpenStore, object[]] {
  const opened = openDatabase(file, journalMigrations);
  opened.database.exec('PRAGMA synchronous = FULL');
  const journal = new JournalStore(opened);
  return [journal, [journal, new PlanStore(opened.database), new TagStore(opened.database)]];
}

function describe(thrown: unknown) {
  if (isDamage(thrown)) {
    return {
      code: 'storage' as const,
      message: 'A file of Numberdesk on disk is damaged.',
      action: 'Restart Numberdesk: the file is kept aside and what the carrier knows is fetched anew.',
      retryable: false,
    };
  }
  const text = thrown instanceof Error ? thrown.message : '';
  if (/disk is full|SQLITE_FULL|disk I\/O|readonly|unable to open/i.test(text)) {
    return {
      code: 'storage' as const,
      message: `Numberdesk cannot write its data (${text.slice(0, 120)}).`,
      action: 'Check free space and permissions of the data folder, then restart Numberdesk.',
      retryable: true,
    };
  }
  return toAppError(thrown);
}
