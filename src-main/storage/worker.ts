/** The storage thread: owns the database and the index, answers one call after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '../contract/errors.ts';
import { NumberStore } from '../inventory/store.ts';
import { JournalStore } from '../orders/journal-store.ts';
import type { StoreKind, WorkerAnswer, WorkerCall } from './protocol.ts';
import { isDamage } from './sqlite.ts';

if (!parentPort) throw new Error('the storage worker must run as a worker thread');
const port = parentPort;
const post = (answer: WorkerAnswer) => {
  port.postMessage(answer);
};

type OpenStore = { readonly movedTo: string | null; readonly size: { revision: number; total: number } };
const { kind, file } = workerData as { kind: StoreKind; file: string };

let store: OpenStore | null = null;
try {
  store = kind === 'numbers' ? new NumberStore(file) : new JournalStore(file);
  post({ kind: 'opened', movedTo: store.movedTo });
} catch (thrown) {
  post({ kind: 'failed', error: describe(thrown) });
}

port.on('message', (call: WorkerCall) => {
  const open = store;
  if (!open) return;
  const before = open.size.revision;
  try {
    // The callers are typed by `StoreClient`; nothing else can reach this port.
    const method = open[call.method as keyof OpenStore] as unknown as (...args: unknown[]) => unknown;
    post({ kind: 'answer', id: call.id, value: method.apply(open, call.args) });
  } catch (thrown) {
    post({ kind: 'answer', id: call.id, error: describe(thrown) });
  }
  if (call.method === 'close') port.close();
  else if (open.size.revision !== before) post({ kind: 'changed', size: open.size });
});

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
