import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { files } from '../platform/files.ts';

/** Tags that the numbers of the demo account have at first: a query, and what the numbers that it finds are tagged with. */
export const demoTags = [
  { text: 'area:toll-free', tag: 'hotline' },
  { text: 'country:other', tag: 'abroad' },
] as const;

/** In the folder of the demo account once its data are of this carrier: up to 0.1.0 it spoke API v1 and had other numbers. */
const marker = 'simulated-by-v2';

/**
 * Removes what an earlier version kept of the demo account: its routes are named as v1 does, and its numbers are not those of
 * this carrier. Does nothing where that was done before. Rejects when the folder cannot be read or written.
 */
export async function removeOlderDemo(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.includes(marker)) return;
  for (const name of names) if (name !== 'account.json') await files.remove(path.join(folder, name));
  await writeFile(path.join(folder, marker), '');
}
