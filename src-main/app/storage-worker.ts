/** The storage thread: owns the database and the index, answers calls and does long work in pieces between them. */
import { parentPort, workerData } from 'node:worker_threads';
import { BackupStore } from '../backup/backup-store.ts';
import { toAppError, type AppError } from '../contract/errors.ts';
import { cancelled } from '../carrier/flowroute/http/pacing.ts';
import { NumberStore } from '../inventory/number-store.ts';
import { CallQueue } from '../platform/storage/calls.ts';
import { FileCheck } from '../platform/storage/file-check.ts';
import { Journal } from '../platform/storage/durable-file.ts';
import type { StoreKind, WorkerAnswer, WorkerCall } from '../platform/storage/protocol.ts';
import { isDamage, moveAside } from '../platform/storage/sqlite.ts';

if (!parentPort) throw new Error('the storage worker must run as a worker thread');
const port = parentPort;
const post = (answer: WorkerAnswer) => {
  port.postMessage(answer);
};

const recoveredMeanwhile: AppError = {
  code: 'storage',
  message: 'The record of orders and changes was damaged, and was put together again just now.',
  action: 'Look at what is open, then try again.',
  retryable: true,
};

type OpenStore = { readonly size: { revision: number; total: number } };
const { kind, file } = workerData as { kind: StoreKind; file: string };

const openers = { numbers: openNumbers, journal: openJournal, backup: openBackup, check: openCheck };
let store: OpenStore | null = null;
/** What answers the calls: the first of these that has the method. */
let parts: readonly object[] = [];
try {
  [store, parts] = openers[kind]();
  post({ kind: 'opened' });
  tellOpened(store);
} catch (thrown) {
  post({ kind: 'failed', error: describe(thrown) });
}

/** What questions get from now on, when a list is damaged and none can be begun anew. */
let broken: AppError | null = null;
let begunAnew = false;
/** The journal is being put together again, or closed: calls wait. */
let recovering = false;
let closing = false;
const queue = new CallQueue();
/** Steps that fill the index: until they end, calls wait unless the database alone can answer them. */
let filling: Generator<void> | null = store instanceof NumberStore ? store.load() : null;
/** A long call between two of its steps. */
let running: { readonly call: WorkerCall; readonly steps: Generator<void, unknown> } | null = null;
/** Steps that put the index in order, in time that nobody else needs. */
let tidying: Generator<void> | null = null;
let tidyNext = false;
/** Steps that hold the file against the index once a pass has ended, after everything else. */
let checking: Generator<void> | null = null;
let told = store?.size.revision ?? 0;
let awake = false;
wake();

port.on('message', (call: WorkerCall) => {
  const early = filling && store instanceof NumberStore ? tried(store, call) : undefined;
  if (early !== undefined) {
    post({ kind: 'answer', id: call.id, value: early });
    return;
  }
  const superseded = queue.add(call);
  if (superseded) post({ kind: 'answer', id: superseded.id, error: describe(cancelled()) });
  wake();
});

/** Messages that have come are taken in before each turn: a question never waits for more than one piece of work. */
function wake(): void {
  if (awake) return;
  awake = true;
  setImmediate(() => {
    awake = false;
    if (turn()) wake();
  });
}

/** One piece of work; false when there is none. */
function turn(): boolean {
  if (recovering || closing) return false;
  if (filling) {
    fill(filling);
    return true;
  }
  const query = queue.nextQuery();
  if (query) {
    answer(query);
    return true;
  }
  tidying ??= store instanceof NumberStore ? store.tidying() : null;
  // Whoever writes without a pause does not keep the list from ever being put in order.
  tidyNext = !tidyNext || (!running && queue.others === 0);
  if (tidying && tidyNext) {
    tidying = tidied(tidying);
    return true;
  }
  if (running) {
    step(running.call, running.steps);
    return true;
  }
  const call = queue.nextOther();
  if (call) answer(call);
  if (call !== undefined || tidying !== null) return true;
  checking ??= store instanceof NumberStore ? store.checking() : null;
  if (checking) checking = checked(checking);
  return checking !== null;
}

/** One step of a check; null when that was the last. A list that is not as it is shown is begun anew. */
function checked(steps: Generator<void>): Generator<void> | null {
  try {
    return steps.next().done === true ? null : steps;
  } catch (thrown) {
    if (isDamage(thrown) && store instanceof NumberStore) beginAnew(store);
    return null;
  }
}

/** One step; null when that was the last. What has no room stays as it is: slower, and right. */
function tidied(steps: Generator<void>): Generator<void> | null {
  try {
    return steps.next().done === true ? null : steps;
  } catch {
    return null;
  }
}

function fill(steps: Generator<void>): void {
  try {
    if (steps.next().done !== true) return;
  } catch (thrown) {
    if (isDamage(thrown) && store instanceof NumberStore && beginAnew(store)) return;
    // A part of a list must not pass for the whole: from now on every question gets this answer.
    broken = describe(thrown);
  }
  filling = null;
  tellSize(true);
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
    parts = [begun, begun.beside, begun.sets];
    tidying = null;
    checking = null;
    filling = begun.load();
    post({ kind: 'moved', movedTo });
    return true;
  } catch {
    return false;
  }
}

/** What the database alone can answer while the index is filled. What fails now may be answered later. */
function tried(numbers: NumberStore, call: WorkerCall): unknown {
  try {
    return numbers.early(call.method, call.args);
  } catch {
    return undefined;
  }
}

/** What was found wrong as a file was opened. */
function tellOpened(opened: OpenStore): void {
  if (opened instanceof NumberStore && opened.movedTo !== null)
    post({ kind: 'moved', movedTo: opened.movedTo });
  if (opened instanceof Journal && opened.recovered !== null)
    post({ kind: 'recovered', recovered: opened.recovered });
}

/** A journal that turns out damaged is put together again, at once; the calls that come meanwhile wait. */
async function recoverJournal(damaged: Journal): Promise<void> {
  if (recovering) return;
  recovering = true;
  try {
    await damaged.abandon();
    [store, parts] = openJournal();
    tellOpened(store);
  } catch (thrown) {
    broken = describe(thrown);
  }
  recovering = false;
  wake();
}

function answer(call: WorkerCall): void {
  if (broken && call.method !== 'close') {
    post({ kind: 'answer', id: call.id, error: broken });
    return;
  }
  try {
    // The callers are typed by `StoreClient`; nothing else can reach this port.
    const part = parts.find((one) => call.method in one) as Record<string, (...args: unknown[]) => unknown>;
    const value = part[call.method]?.(...call.args);
    if (value instanceof Promise) closeJournal(call, value);
    else if (isSteps(value)) step(call, value);
    else finish(call, value);
  } catch (thrown) {
    fail(call, thrown);
  }
}

function step(call: WorkerCall, steps: Generator<void, unknown>): void {
  running = null;
  try {
    const { done, value } = steps.next();
    if (done === true) finish(call, value);
    else running = { call, steps };
    tellSize();
  } catch (thrown) {
    fail(call, thrown);
  }
}

/** The journal takes a moment to close. Nothing is answered any more meanwhile. */
function closeJournal(call: WorkerCall, closed: Promise<boolean>): void {
  closing = true;
  void closed
    .catch((thrown: unknown) => {
      log(`the journal did not close in order: ${describe(thrown).code}`);
      return true;
    })
    .then((ended) => {
      finish(call, undefined);
      // A copy that takes too long would keep the thread from ending.
      if (!ended) setImmediate(() => process.exit(0));
    });
}

function finish(call: WorkerCall, value: unknown): void {
  post({ kind: 'answer', id: call.id, value });
  if (call.method === 'close') {
    port.close();
    return;
  }
  tellSize();
  if (store instanceof Journal) store.touched();
}

function fail(call: WorkerCall, thrown: unknown): void {
  if (isDamage(thrown) && store instanceof NumberStore && beginAnew(store)) {
    // Asked again of the new list: what belongs to a pass over the old one is refused there.
    queue.add(call);
    return;
  }
  if (isDamage(thrown) && store instanceof Journal) {
    // Not asked again: what it was about may have another state by then. Whoever asked looks again.
    post({ kind: 'answer', id: call.id, error: recoveredMeanwhile });
    void recoverJournal(store);
    return;
  }
  post({ kind: 'answer', id: call.id, error: describe(thrown) });
  // What could not be tidied up is closed all the same, and the thread ends by itself.
  if (call.method === 'close') port.close();
}

function tellSize(always = false): void {
  if (!store || (!always && store.size.revision === told)) return;
  told = store.size.revision;
  post({ kind: 'changed', size: store.size });
}

function isSteps(value: unknown): value is Generator<void, unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;
}

function openBackup(): [OpenStore, object[]] {
  const backup = new BackupStore();
  return [backup, [backup]];
}

function openCheck(): [OpenStore, object[]] {
  const check = new FileCheck(file);
  return [check, [check]];
}

function openNumbers(): [OpenStore, object[]] {
  const numbers = new NumberStore(file);
  return [numbers, [numbers, numbers.beside, numbers.sets]];
}

function openJournal(): [OpenStore, object[]] {
  const journal = new Journal(file, {
    log,
    onDamage() {
      if (store === journal && !closing && journal.isDamaged()) void recoverJournal(journal);
    },
  });
  return [journal, [journal, ...journal.parts]];
}

function log(line: string): void {
  post({ kind: 'log', line });
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
  return toAppError(thrown);
}
