import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { WorkerAnswer } from '../../src-main/platform/storage/protocol.ts';
import { workerUrl } from './rig.ts';

/** Tells the address of every module that a thread loads. */
const telling = `import { registerHooks } from 'node:module';
import { parentPort } from 'node:worker_threads';
registerHooks({ load(url, context, next) { parentPort.postMessage({ loaded: url }); return next(url, context); } });`;

/** What the storage thread has loaded by the time a new file of this kind is open. */
async function loadedFor(kind: string): Promise<string[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  const worker = new Worker(workerUrl, {
    workerData: { kind, file: path.join(folder, `${kind}.db`) },
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(telling)}`],
  });
  const loaded: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (told: WorkerAnswer | { loaded: string }) => {
        if ('loaded' in told) loaded.push(told.loaded);
        else if (told.kind === 'opened') resolve();
        else if (told.kind === 'failed') reject(new Error(told.error.message));
      });
      worker.once('error', reject);
    });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ id: 1, name: 'close', args: [] });
    await ended;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return loaded;
}

const within = (loaded: readonly string[], part: string) => loaded.filter((url) => url.includes(part));

test('the thread of the list loads nothing that only the journal needs', async () => {
  const loaded = await loadedFor('numbers');
  expect(within(loaded, '/src-main/inventory/number-store.ts')).toHaveLength(1);
  for (const other of ['/src-main/journal/', '/src-main/buying/', '/src-main/routing/', '/csv-parse/'])
    expect(within(loaded, other), other).toEqual([]);
});

test('the thread of the journal loads nothing that only the list needs', async () => {
  const loaded = await loadedFor('journal');
  expect(within(loaded, '/src-main/journal/file.ts')).toHaveLength(1);
  expect(within(loaded, '/src-main/inventory/index/')).toEqual([]);
});

test.each(['numbers', 'journal', 'backup', 'check'])(
  'no schema is loaded for a file of the kind %s: what is asked was checked before it comes here',
  async (kind) => {
    const loaded = await loadedFor(kind);
    expect(within(loaded, '/src-main/platform/storage/serve.ts')).toHaveLength(1);
    expect(within(loaded, '/zod/')).toEqual([]);
  },
);
