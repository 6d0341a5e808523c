import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApplication } from '../app/application.ts';
import { bringFormerData } from '../app/data-folder.ts';
import { openLog } from '../app/log-file.ts';
import type { StartOptions } from '../app/options.ts';
import { serveBrowserHost } from './host.ts';

/** Runs the application for a browser on this computer until SIGINT or SIGTERM. Resolves with its address. */
export async function runBrowserHost(options: StartOptions): Promise<string> {
  const root = new URL('../../', import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  if (options.formerDataDir) bringFormerData({ from: options.formerDataDir, to: options.dataDir });
  const application = await createApplication({
    dataDir: options.dataDir,
    host: 'browser',
    version,
    workerUrl: new URL('../app/storage-worker.ts', import.meta.url),
    demo: options.demo,
    log: openLog(options.dataDir),
  });
  const host = await serveBrowserHost({
    application,
    rendererDir: fileURLToPath(new URL('dist/renderer', root)),
    port: options.port,
  }).catch(async (thrown: unknown) => {
    // What the application has opened by now is closed as at any other end.
    await application.close();
    throw thrown;
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void host
      .close()
      .then(() => application.close())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return host.address;
}
