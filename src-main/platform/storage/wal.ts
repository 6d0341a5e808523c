import { existsSync, readFileSync } from 'node:fs';

/**
 * SQLite's write-ahead log as it lies on disk (https://sqlite.org/fileformat2.html#walformat and walformat.html): what was
 * committed and not yet moved into the database. SQLite reads it up to the first frame that is not sound and drops the rest
 * without a word; here the rest is looked at, too.
 */
type WalFrame = {
  readonly page: number;
  /** Where the page's bytes begin in `Wal.bytes`. */
  readonly at: number;
  /** The last frame of a transaction. */
  readonly commit: boolean;
  /** Its bytes are those that were written. */
  readonly sound: boolean;
  /** It can be used: it is sound, or the sum it goes on from is lost, so that nobody can say. */
  readonly usable: boolean;
};

export type Wal = {
  readonly bytes: Buffer;
  readonly pageSize: number;
  /** Frames of this log's own generation that were committed, in the order they were written. */
  readonly frames: readonly WalFrame[];
  /** So many frames are what SQLite itself would go by. */
  readonly kept: number;
  /** Committed frames were lost, or the head is not sound: SQLite would drop something that was on disk. */
  readonly damaged: boolean;
  /** It belongs to another generation of the database than the index beside it. */
  readonly foreign: boolean;
};

const headBytes = 32;
const frameHeadBytes = 24;
const magic = 0x377f0682;
const usualPage = 4_096;

/** Reads the log beside a database; null when there is none, or nothing in it. */
export function readWal(file: string): Wal | null {
  const index = readIndex(`${file}-shm`);
  if (!existsSync(`${file}-wal`)) return null;
  const bytes = readFileSync(`${file}-wal`);
  if (bytes.length === 0) return index && index.frames > 0 ? lost(bytes) : null;
  if (bytes.length < headBytes) return lost(bytes);
  const head = readHead(bytes, index?.salt);
  const frames = readFrames(bytes, head);
  const lastKept = frames.findIndex(({ sound }) => !sound);
  const kept = lastCommit(lastKept < 0 || !head.sound ? frames : frames.slice(0, lastKept));
  // What the index calls committed was, also when the frame that says so is cut off.
  const known = index?.salt.equals(head.salt) ? Math.min(index.frames, frames.length) : 0;
  const all = Math.max(lastCommit(frames), known);
  const foreign = index !== null && index.frames > 0 && !index.salt.equals(head.salt) && head.sound;
  const short = index !== null && index.salt.equals(head.salt) && index.frames > kept;
  return {
    ...{ bytes, pageSize: head.pageSize, foreign },
    frames: frames.slice(0, all),
    kept: head.sound ? kept : 0,
    damaged: !head.sound || all > kept || short,
  };
}

type Head = {
  readonly pageSize: number;
  readonly bigEndian: boolean;
  readonly salt: Buffer;
  readonly sound: boolean;
};

function lost(bytes: Buffer): Wal {
  return { bytes, pageSize: usualPage, frames: [], kept: 0, damaged: true, foreign: false };
}

function readHead(bytes: Buffer, known: Buffer | undefined): Head {
  const kind = bytes.readUInt32BE(0);
  const bigEndian = kind === magic + 1;
  const [sum1, sum2] = checksum(bytes.subarray(0, 24), bigEndian, [0, 0]);
  const pageSize = bytes.readUInt32BE(8);
  const sound =
    (kind === magic || bigEndian) && sum1 === bytes.readUInt32BE(24) && sum2 === bytes.readUInt32BE(28);
  if (sound) return { pageSize, bigEndian, salt: bytes.subarray(16, 24), sound };
  // The index and the frames have the salts as well: the first frames are of this round, and one of them may be damaged, too.
  const size = frameHeadBytes + usualPage;
  const salts = [0, 1, 2].map((frame) =>
    bytes.subarray(headBytes + frame * size + 8, headBytes + frame * size + 16),
  );
  const twice = salts.find((salt, at) =>
    salts.some((other, to) => to !== at && salt.length === 8 && other.equals(salt)),
  );
  const salt = known ?? twice ?? salts[0] ?? Buffer.alloc(8);
  return { pageSize: usualPage, bigEndian: false, salt, sound };
}

/** Every frame with the head's salts. Each can be checked by itself: its sum goes on from the one its forerunner carries. */
function readFrames(bytes: Buffer, head: Head): WalFrame[] {
  const frames: WalFrame[] = [];
  const size = frameHeadBytes + head.pageSize;
  let before: [number, number] = [bytes.readUInt32BE(24), bytes.readUInt32BE(28)];
  let known = head.sound;
  for (let at = headBytes; at + size <= bytes.length; at += size) {
    const carried: [number, number] = [bytes.readUInt32BE(at + 16), bytes.readUInt32BE(at + 20)];
    const [one, two] = checksum(
      bytes.subarray(at + frameHeadBytes, at + size),
      head.bigEndian,
      checksum(bytes.subarray(at, at + 8), head.bigEndian, before),
    );
    const ours = bytes.subarray(at + 8, at + 16).equals(head.salt);
    const sound = ours && one === carried[0] && two === carried[1];
    before = carried;
    // What an earlier round left behind the end begins with other salts.
    if (!ours && !sameRound(bytes, at + size, size, head.salt)) break;
    frames.push({
      page: bytes.readUInt32BE(at),
      at: at + frameHeadBytes,
      commit: bytes.readUInt32BE(at + 4) !== 0,
      ...{ sound, usable: sound || (ours && !known) },
    });
    known = sound;
  }
  return frames;
}

/** True when the next frame is of this round: then the one before it was, too, and only its salts are not sound. */
function sameRound(bytes: Buffer, at: number, size: number, salt: Buffer): boolean {
  return at + size <= bytes.length && bytes.subarray(at + 8, at + 16).equals(salt);
}

/** How many frames there are up to the last one that ends a transaction. */
function lastCommit(frames: readonly WalFrame[]): number {
  return frames.findLastIndex(({ commit }) => commit) + 1;
}

/** The running sum of SQLite's log, over a multiple of eight bytes. */
function checksum(bytes: Buffer, bigEndian: boolean, from: readonly [number, number]): [number, number] {
  let [one, two] = from;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const first = bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const second = bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    one = (one + first + two) >>> 0;
    two = (two + second + one) >>> 0;
  }
  return [one, two];
}

/**
 * The index of the log, in the file that the processes share; it survives the end of a process. Its head says how many frames
 * were committed. Null when it is not there or not sound: SQLite makes it anew at each start.
 */
function readIndex(file: string): { frames: number; salt: Buffer } | null {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  if (bytes.length < 96 || !bytes.subarray(0, 48).equals(bytes.subarray(48, 96))) return null;
  const bigEndian = bytes.readUInt32BE(0) === 3_007_000;
  const read = (at: number) => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const [one, two] = checksum(bytes.subarray(0, 40), bigEndian, [0, 0]);
  if (read(0) !== 3_007_000 || one !== read(40) || two !== read(44)) return null;
  return { frames: read(16), salt: bytes.subarray(32, 40) };
}
