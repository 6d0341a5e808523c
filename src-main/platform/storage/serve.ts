/** The storage thread: owns one file, answers calls to its stores and does long work in pieces between them. */
import { parentPort, workerData } from 'node:worker_threads';
import { failure, toAppError, type AppError } from '../../contract/errors.ts';
import { cancelled } from '../cancel.ts';
import { CallQueue } from './calls.ts';
import type { WorkerAnswer, WorkerCall } from './protocol.ts';
import type { FileKinds, ServedFile } from './served-file.ts';
import { isDamage } from './sqlite.ts';

/** Opens the file that this thread was started for and serves it until it is closed. */
export async function serve(kinds: FileKinds): Promise<void> {
  if (!parentPort) throw new Error('files are served in a worker thread');
  const port = parentPort;
  const post = (answer: WorkerAnswer) => {
    port.postMessage(answer);
  };
  const { kind, file } = workerData as { kind: string; file: string };
  const load = kinds[kind];
  try {
    if (!load) throw new Error(`no kind of file is called ${kind}`);
    const open = await load();
    const server: FileServer = new FileServer(post, () => {
      port.close();
    });
    const host = {
      log: (line: string) => {
        post({ kind: 'log', line });
      },
      damaged: () => {
        server.damaged();
      },
    };
    const opened = open(file, host);
    post({ kind: 'opened' });
    server.begin(opened);
    port.on('message', (call: WorkerCall) => {
      server.take(call);
    });
  } catch (thrown) {
    post({ kind: 'failed', error: describe(thrown) });
  }
}

class FileServer {
  #post: (answer: WorkerAnswer) => void;
  #end: () => void;
  #file!: ServedFile;
  #queue = new CallQueue();
  /** What questions get from now on, when a file is damaged and nothing can take its place. */
  #broken: AppError | null = null;
  /** The file is being replaced or closed: calls wait. */
  #replacing = false;
  #closing = false;
  #filling: Generator<void> | null = null;
  /** A long call between two of its steps. */
  #running: { readonly call: WorkerCall; readonly steps: Generator<void, unknown> } | null = null;
  #tidying: Generator<void> | null = null;
  #tidyNext = false;
  #checking: Generator<void> | null = null;
  #told = 0;
  #awake = false;

  constructor(post: (answer: WorkerAnswer) => void, end: () => void) {
    this.#post = post;
    this.#end = end;
  }

  begin(file: ServedFile): void {
    this.#queue = new CallQueue(file.first);
    this.#told = file.size?.().revision ?? 0;
    this.#use(file);
  }

  take(call: WorkerCall): void {
    const early = this.#filling ? this.#early(call) : undefined;
    if (early !== undefined) {
      this.#post({ kind: 'answer', id: call.id, value: early });
      return;
    }
    const superseded = this.#queue.add(call);
    if (superseded) this.#post({ kind: 'answer', id: superseded.id, error: describe(cancelled()) });
    this.#wake();
  }

  /** Damage was met beside the calls. */
  damaged(): void {
    if (!this.#closing) void this.#replace();
  }

  #use(file: ServedFile): void {
    this.#file = file;
    for (const news of file.news ?? []) this.#post(news);
    this.#tidying = null;
    this.#checking = null;
    this.#filling = file.filling ?? null;
    this.#wake();
  }

  /** Messages that have come are taken in before each turn: a question never waits for more than one piece of work. */
  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    setImmediate(() => {
      this.#awake = false;
      if (this.#turn()) this.#wake();
    });
  }

  /** One piece of work; false when there is none. */
  #turn(): boolean {
    if (this.#replacing || this.#closing) return false;
    if (this.#filling) {
      this.#fill(this.#filling);
      return true;
    }
    const question = this.#queue.nextQuestion();
    if (question) {
      this.#answer(question);
      return true;
    }
    this.#tidying ??= this.#file.tidying?.() ?? null;
    // The list is put in order in the end, even if somebody writes without a pause.
    this.#tidyNext = !this.#tidyNext || (!this.#running && this.#queue.others === 0);
    if (this.#tidying && this.#tidyNext) {
      this.#tidying = tidied(this.#tidying);
      return true;
    }
    if (this.#running) {
      this.#step(this.#running.call, this.#running.steps);
      return true;
    }
    const call = this.#queue.nextOther();
    if (call) this.#answer(call);
    if (call !== undefined || this.#tidying !== null) return true;
    this.#checking ??= this.#file.checking?.() ?? null;
    if (this.#checking) this.#check(this.#checking);
    return this.#checking !== null;
  }

  /** What the file alone can answer while memory is filled. What fails now may be answered later. */
  #early({ name, args }: WorkerCall): unknown {
    try {
      return this.#file.early?.(name, args);
    } catch {
      return undefined;
    }
  }

  #fill(steps: Generator<void>): void {
    try {
      if (steps.next().done !== true) return;
    } catch (thrown) {
      if (isDamage(thrown) && this.#file.replace) {
        void this.#replace(undefined, thrown);
        return;
      }
      // A part of a list must not pass for the whole: from now on every question gets this answer.
      this.#broken = describe(thrown);
    }
    this.#filling = null;
    this.#tellSize(true);
  }

  /** One step of a check. A file that is not as it is shown is replaced. */
  #check(steps: Generator<void>): void {
    try {
      if (steps.next().done === true) this.#checking = null;
    } catch (thrown) {
      this.#checking = null;
      if (isDamage(thrown)) void this.#replace();
    }
  }

  #answer(call: WorkerCall): void {
    if (call.name === 'close') {
      this.#close(call);
      return;
    }
    if (this.#broken) {
      this.#post({ kind: 'answer', id: call.id, error: this.#broken });
      return;
    }
    try {
      // The callers are typed by `Stores`; nothing else can reach this port.
      const [store = '', method = ''] = call.name.split('.');
      const methods = this.#file.stores[store] as Record<string, (...args: unknown[]) => unknown>;
      const value = methods[method]?.(...call.args);
      if (isSteps(value)) this.#step(call, value);
      else this.#finish(call, value);
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  #step(call: WorkerCall, steps: Generator<void, unknown>): void {
    this.#running = null;
    try {
      const { done, value } = steps.next();
      if (done === true) this.#finish(call, value);
      else this.#running = { call, steps };
      this.#tellSize();
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  #finish(call: WorkerCall, value: unknown): void {
    this.#post({ kind: 'answer', id: call.id, value });
    this.#tellSize();
    this.#file.touched?.();
  }

  #fail(call: WorkerCall, thrown: unknown): void {
    if (isDamage(thrown) && this.#file.replace) void this.#replace(call, thrown);
    else this.#post({ kind: 'answer', id: call.id, error: describe(thrown) });
  }

  /** Something else takes the place of a damaged file; the calls that come meanwhile wait for it. */
  async #replace(call?: WorkerCall, thrown?: unknown): Promise<void> {
    if (this.#replacing) return;
    this.#replacing = true;
    const filling = this.#filling !== null;
    let trouble = thrown;
    const replaced = await Promise.resolve(this.#file.replace?.() ?? null).catch((met: unknown) => {
      trouble = met;
      // Nothing is open any more that could answer.
      this.#broken = describe(met);
      return null;
    });
    this.#replacing = false;
    if (replaced) {
      this.#use(replaced.file);
      if (call && replaced.answer) this.#post({ kind: 'answer', id: call.id, error: replaced.answer });
      // Asked again of the new file: what belongs to the old one is refused there.
      else if (call) this.#queue.add(call);
    } else {
      if (filling) this.#broken ??= describe(trouble);
      this.#filling = null;
      if (call) this.#post({ kind: 'answer', id: call.id, error: describe(trouble) });
    }
    this.#wake();
  }

  /** Closing may take a moment. Nothing is answered any more meanwhile. */
  #close(call: WorkerCall): void {
    this.#closing = true;
    void closed(this.#file)
      .catch((thrown: unknown) => {
        this.#post({ kind: 'log', line: `a file did not close in order: ${describe(thrown).code}` });
        return true;
      })
      .then((ended) => {
        this.#post({ kind: 'answer', id: call.id });
        this.#end();
        // A copy that is still being made would keep the thread from ending.
        if (!ended) setImmediate(() => process.exit(0));
      });
  }

  #tellSize(always = false): void {
    const size = this.#file.size?.();
    if (!size || (!always && size.revision === this.#told)) return;
    this.#told = size.revision;
    this.#post({ kind: 'changed', size });
  }
}

async function closed(file: ServedFile): Promise<boolean> {
  return (await file.close()) ?? true;
}

/** One step; null when that was the last. Without memory for it, the index stays as it is, which is slower and still right. */
function tidied(steps: Generator<void>): Generator<void> | null {
  try {
    return steps.next().done === true ? null : steps;
  } catch {
    return null;
  }
}

function isSteps(value: unknown): value is Generator<void, unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;
}

function describe(thrown: unknown): AppError {
  if (!isDamage(thrown)) return toAppError(thrown);
  return failure(
    'storage',
    'A file of Numberdesk on disk is damaged.',
    'Restart Numberdesk: the file is kept aside and what the carrier knows is fetched anew.',
  ).error;
}
