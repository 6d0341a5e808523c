import { expect } from 'vitest';
import type { RestorePreview } from '../../src-main/contract/backup.ts';
import type { RunningApplication } from './app-rig.ts';

/** Makes a backup and reads it as a window does. */
export async function backUp(app: RunningApplication): Promise<Buffer> {
  const { id, bytes, leftOut } = await app.call('backup.make', {});
  expect(leftOut).toEqual([]);
  const pieces: Buffer[] = [];
  for (let end = false, offset = 0; !end; offset = Buffer.concat(pieces).length) {
    const piece = await app.call('backup.read', { id, offset });
    pieces.push(Buffer.from(piece.base64, 'base64'));
    end = piece.end;
  }
  await app.call('backup.end', { id });
  const whole = Buffer.concat(pieces);
  expect(whole).toHaveLength(bytes);
  return whole;
}

/** Hands a file over in pieces; the preview says what it would do. */
export async function look(
  app: RunningApplication,
  file: Buffer,
): Promise<{ id: string; preview: RestorePreview }> {
  const { id } = await app.call('restore.begin', {});
  for (let offset = 0; offset < file.length; offset += 180_000) {
    const base64 = file.subarray(offset, offset + 180_000).toString('base64');
    await app.call('restore.add', { id, offset, base64 });
  }
  return { id, preview: await app.call('restore.preview', { id }) };
}
