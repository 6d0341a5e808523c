/** A change that was made from this window, and how it is taken back. */
export type Undo = { readonly what: string; readonly run: () => void };

const mostKept = 50;

/** What Ctrl/⌘ Z takes back: the newest first, each once. */
export class Undos {
  #kept: readonly Undo[] = [];

  push(undo: Undo): void {
    this.#kept = [...this.#kept.filter(({ what }) => what !== undo.what), undo].slice(-mostKept);
  }

  take(): Undo | null {
    const last = this.#kept.at(-1) ?? null;
    this.#kept = this.#kept.slice(0, -1);
    return last;
  }

  /** It was taken back in another way. */
  drop(what: string): void {
    this.#kept = this.#kept.filter((undo) => undo.what !== what);
  }

  /** Another account was opened. */
  reset(): void {
    this.#kept = [];
  }
}
