import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** What a start loads before its first answer, and where it keeps what it compiled. */
const source = path.resolve(import.meta.dirname, '../../src-main');
const env = { ...process.env, NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };

const urlOf = (file: string) => JSON.stringify(pathToFileURL(path.join(source, file)).href);

/** What a process of its own prints that runs this code, as JSON. */
async function printed(code: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    env,
  });
  return JSON.parse(stdout);
}

test('the application is there before the code of what a person asks for later', async () => {
  const loaded = (await printed(`
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({
      resolve(specifier, context, next) {
        const resolved = next(specifier, context);
        urls.push(resolved.url);
        return resolved;
      },
    });
    await import(${urlOf('app/application.ts')});
    console.log(JSON.stringify(urls));
  `)) as string[];
  const later =
    /src-main\/(carrier\/flowroute\/(http\/(send|requester)|v[12]\/adapter)|buying\/(cart|order|number-search)|routing\/(plan|route|draft)s|jobs\/|backup\/(backups|restores)|sandbox\/|app\/diagnostics|inventory\/index\/)|node_modules\/(node-fetch|[a-z]+-proxy-agent|csv-parse)\//;
  expect(loaded.filter((url) => later.test(url))).toEqual([]);
  expect(loaded.some((url) => url.endsWith('/src-main/app/session.ts'))).toBe(true);
});

test('a host and its threads keep what they compiled in one folder beside what is built', async () => {
  const [own, ofThread] = (await printed(`
    import { getCompileCacheDir } from 'node:module';
    import { Worker } from 'node:worker_threads';
    const { keepCompiledCode } = await import(${urlOf('browser-host/code-cache.ts')});
    keepCompiledCode();
    const inside = \`
      import { getCompileCacheDir } from 'node:module';
      import { parentPort } from 'node:worker_threads';
      parentPort.postMessage(getCompileCacheDir());
    \`;
    const worker = new Worker(inside, { eval: true });
    worker.once('message', (folder) => console.log(JSON.stringify([getCompileCacheDir(), folder])));
  `)) as string[];
  expect(own).toContain(path.resolve(source, '../dist/code-cache'));
  expect(ofThread).toBe(own);
});
