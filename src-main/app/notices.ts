import type { Notice } from '../contract/app.ts';
import type { JsonFile } from '../platform/storage/json-file.ts';

/** Things a person is told once, kept until a window has asked for them. */
export class Notices {
  #pending: Notice[] = [];
  #emit: (notice: Notice) => void;
  #count = 0;

  constructor(emit: (notice: Notice) => void) {
    this.#emit = emit;
  }

  add(kind: Notice['kind'], text: string): void {
    this.#emit(this.keep(kind, text));
  }

  /** The same for windows that are about to begin anew: told now, it would be gone with what they show. */
  keep(kind: Notice['kind'], text: string): Notice {
    this.#count += 1;
    const notice = { id: `notice-${this.#count}`, kind, text };
    this.#pending.push(notice);
    return notice;
  }

  /** Hands over what nobody has been told yet. */
  take(): Notice[] {
    return this.#pending.splice(0);
  }
}

/**
 * What a person is told of a small file that was damaged or gone, or null when it was neither. `what` begins the sentence;
 * `instead` is what was done when its last good copy was lost too.
 */
export function toldOfFile(what: string, read: JsonFile<unknown>, instead: string): string | null {
  if (read.state === 'ready') return null;
  const happened =
    read.state === 'absent' || (read.state === 'restored' && !read.keptAs) ? 'gone' : 'damaged';
  const kept = 'keptAs' in read && read.keptAs ? ` and is kept as ${read.keptAs}` : '';
  const done = read.state === 'restored' ? 'Its last good copy is used: nothing is missing.' : instead;
  return `${what} was ${happened}${kept}. ${done}`;
}
