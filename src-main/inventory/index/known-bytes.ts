type Entry<T> = { readonly hash: number; readonly bytes: Uint8Array; readonly value: T };

const firstRoom = 256;

/** Values by pieces of bytes, found without making a text or an object of a piece that was met before. */
export class KnownBytes<T> {
  #entries: Entry<T>[] = [];
  /** By hash, the place of an entry counted from 1; 0 is free. Never more than half full, and as long as a power of two. */
  #places = new Uint32Array(firstRoom);

  /** The value that `add` was given for the same bytes. */
  find(bytes: Uint8Array, first: number, end: number): T | undefined {
    const hash = hashOf(bytes, first, end);
    const places = this.#places;
    for (let at = hash & (places.length - 1); ; at = (at + 1) & (places.length - 1)) {
      const entry = this.#entries[(places[at] ?? 0) - 1];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && isSame(entry.bytes, bytes, first, end)) return entry.value;
    }
  }

  /** Keeps a value for bytes that have none yet. */
  add(bytes: Uint8Array, first: number, end: number, value: T): void {
    const hash = hashOf(bytes, first, end);
    // A copy: `slice` of a Buffer would go on looking at its memory.
    this.#entries.push({ hash, bytes: new Uint8Array(bytes.subarray(first, end)), value });
    if (this.#entries.length * 2 > this.#places.length) {
      this.#places = new Uint32Array(this.#places.length * 2);
      this.#entries.forEach((_, at) => {
        this.#place(at);
      });
    } else this.#place(this.#entries.length - 1);
  }

  #place(entry: number): void {
    const places = this.#places;
    let at = (this.#entries[entry]?.hash ?? 0) & (places.length - 1);
    while (places[at] !== 0) at = (at + 1) & (places.length - 1);
    places[at] = entry + 1;
  }
}

function hashOf(bytes: Uint8Array, first: number, end: number): number {
  let hash = end - first;
  for (let at = first; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(known: Uint8Array, bytes: Uint8Array, first: number, end: number): boolean {
  if (known.length !== end - first) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[first + at]) return false;
  return true;
}
