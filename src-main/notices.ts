import type { Notice } from './contract/views.ts';

/** Things a person is told once, kept until a window has asked for them. */
export class Notices {
  #pending: Notice[] = [];
  #emit: (notice: Notice) => void;
  #count = 0;

  constructor(emit: (notice: Notice) => void) {
    this.#emit = emit;
  }

  add(kind: Notice['kind'], text: string): void {
    this.#count += 1;
    const notice = { id: `notice-${this.#count}`, kind, text };
    this.#pending.push(notice);
    this.#emit(notice);
  }

  damagedFile(movedTo: string): void {
    this.add('warning', `A settings file could not be read. It was kept as ${movedTo} and a new one begun.`);
  }

  /** Hands over what nobody has been told yet. */
  take(): Notice[] {
    return this.#pending.splice(0);
  }
}
