import { readFileSync } from 'node:fs';
import { expect, type TestInfo } from '@playwright/test';
import type { RunningApp } from './app.ts';

/** What the main process keeps between two questions of this file. */
type Waiting = { nextFile?: Promise<string> };

/**
 * Keeps the file that is saved next at this path, on either host. Resolves once that is prepared; what it resolves with gives the
 * name the file was offered by, once it is whole.
 */
export async function saveNext({ electron, page }: RunningApp, file: string): Promise<() => Promise<string>> {
  if (!electron) {
    const saved = page.waitForEvent('download').then(async (download) => {
      await download.saveAs(file);
      return download.suggestedFilename();
    });
    return () => saved;
  }
  await electron.evaluate(({ session }, path) => {
    (globalThis as Waiting).nextFile = new Promise((resolve) => {
      session.defaultSession.once('will-download', (_event, item) => {
        item.setSavePath(path);
        item.once('done', () => {
          resolve(item.getFilename());
        });
      });
    });
  }, file);
  return () => electron.evaluate(async () => (globalThis as Waiting).nextFile ?? '');
}

/** The lines of the file that the dialog on screen exports, on either host. */
export async function exportedLines(app: RunningApp, info: TestInfo): Promise<string[]> {
  const file = info.outputPath('exported.csv');
  const saved = await saveNext(app, file);
  await app.page.getByRole('dialog').getByRole('button', { name: 'Export CSV' }).click();
  expect(await saved()).toMatch(/\.csv$/);
  return readFileSync(file, 'utf8').replace('\ufeff', '').trimEnd().split('\r\n');
}
