import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { failure } from '../contract/errors.ts';

/**
 * The file of a backup: one line of text, then a gzip stream.
 *
 *     numberdesk-backup 1 <SHA-256 of the gzip stream, 64 hexadecimal digits>\n
 *
 * The stream holds parts, each with a line of JSON before it and nothing between them:
 *
 *     {"name":"manifest.json","bytes":1234}\n<1234 bytes>
 *
 * The first part is `manifest.json`, the others are the SQLite files it names.
 */
const magic = 'numberdesk-backup';
export const archiveVersion = 1;
const headerOf = (sum: string) => `${magic} ${archiveVersion} ${sum}\n`;
const headerBytes = headerOf('0'.repeat(64)).length;
/** What a backup may become when it is unpacked: more is no backup of Numberdesk. */
const mostBytes = 8 * 2 ** 30;
const longestLine = 512;
const partName = /^(manifest\.json|journal-\d{1,5}\.db)$/;

/** A part: its name in the archive, and its content as text or as the path of a file. */
export type Part = { readonly name: string } & ({ readonly text: string } | { readonly file: string });

/** Writes the parts into a new file at `target`. */
export async function writeArchive(target: string, parts: readonly Part[]): Promise<void> {
  const hash = createHash('sha256');
  await writeFile(target, headerOf('0'.repeat(64)), { flag: 'wx', mode: 0o600 });
  await pipeline(
    Readable.from(bytesOf(parts)),
    createGzip({ level: 6 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(target, { flags: 'a' }),
  );
  const handle = await open(target, 'r+');
  try {
    await handle.write(headerOf(hash.digest('hex')), 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* bytesOf(parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    const text = 'text' in part ? Buffer.from(part.text) : null;
    const bytes = text?.length ?? (await stat('file' in part ? part.file : '')).size;
    yield Buffer.from(`${JSON.stringify({ name: part.name, bytes })}\n`);
    if (text) yield text;
    else if ('file' in part) yield* createReadStream(part.file) as AsyncIterable<Buffer>;
  }
}

/**
 * Unpacks a file into a folder and returns the names of its parts. The checksum is looked at before anything is unpacked.
 * Rejects with `invalid-input` for a damaged or foreign file, with `storage-newer` for one of a newer version.
 */
export async function readArchive(source: string, folder: string): Promise<string[]> {
  await verify(source);
  const names: string[] = [];
  let total = 0;
  let waiting: Buffer = Buffer.alloc(0);
  let left = 0;
  let out: Awaited<ReturnType<typeof open>> | null = null;
  const take = async (chunk: Buffer) => {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, chunk]) : chunk;
    while (waiting.length > 0) {
      if (out && left > 0) {
        const piece = waiting.subarray(0, left);
        await out.write(piece);
        left -= piece.length;
        waiting = waiting.subarray(piece.length);
      } else {
        await out?.close();
        out = null;
        const end = waiting.indexOf(10);
        if (end < 0 && waiting.length <= longestLine) return;
        const part = readLine(waiting.subarray(0, Math.max(0, end)), names);
        total += part.bytes;
        if (total > mostBytes) throw foreign();
        names.push(part.name);
        left = part.bytes;
        out = await open(path.join(folder, part.name), 'wx', 0o600);
        waiting = waiting.subarray(end + 1);
      }
    }
  };
  try {
    const body = createReadStream(source, { start: headerBytes });
    await pipeline(body, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) await take(chunk);
    });
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    throw code.startsWith('Z_') ? foreign() : thrown;
  } finally {
    await (out as Awaited<ReturnType<typeof open>> | null)?.close();
  }
  if (left > 0 || waiting.length > 0 || names[0] !== 'manifest.json') throw foreign();
  return names;
}

function readLine(line: Buffer, before: readonly string[]): { name: string; bytes: number } {
  let part: { name?: unknown; bytes?: unknown };
  try {
    part = JSON.parse(line.toString('utf8')) as typeof part;
  } catch {
    throw foreign();
  }
  const { name, bytes } = part;
  if (typeof name !== 'string' || !partName.test(name) || before.includes(name)) throw foreign();
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) throw foreign();
  return { name, bytes };
}

async function verify(source: string): Promise<void> {
  const handle = await open(source, 'r');
  const header = Buffer.alloc(headerBytes);
  try {
    await handle.read(header, 0, headerBytes, 0);
  } finally {
    await handle.close();
  }
  const [, version, sum] = /^numberdesk-backup (\d+) ([0-9a-f]{64})\n$/.exec(header.toString('latin1')) ?? [];
  if (version === undefined) {
    const newer = /^numberdesk-backup (\d+) /.exec(header.toString('latin1'));
    if (newer && Number(newer[1]) > archiveVersion) throw newerBackup();
    throw failure('invalid-input', 'This is no backup of Numberdesk.', 'Choose another file.');
  }
  if (Number(version) > archiveVersion) throw newerBackup();
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(source, { start: headerBytes })) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== sum) {
    throw failure(
      'invalid-input',
      'The backup is damaged: it is not as it was written.',
      'Use another copy of it. Nothing was changed.',
    );
  }
}

export function newerBackup(): Error {
  return failure(
    'storage-newer',
    'This backup was made by a newer version of Numberdesk.',
    'Install the newest version. Nothing was changed.',
  );
}

export function foreign(): Error {
  return failure(
    'invalid-input',
    'The backup cannot be read: it is not as Numberdesk writes it.',
    'Choose another file. Nothing was changed.',
  );
}
