import type { News } from './news.ts';

/** What of Electron's `Notification` is used; a test brings its own. */
export type Note = {
  on(event: 'click' | 'close' | 'failed', listener: () => void): unknown;
  show(): void;
};

/** More than these are not kept: the system has dropped the older ones from its list by then. */
const mostKept = 20;

/**
 * Shows notifications and keeps them for as long as somebody may click them: one that nothing refers to is collected, and its
 * click with it.
 */
export class Notifier {
  #make: (news: News) => Note;
  #kept = new Set<Note>();

  constructor(make: (news: News) => Note) {
    this.#make = make;
  }

  /** How many are kept; for tests. */
  get kept(): number {
    return this.#kept.size;
  }

  show(news: News, onClick: () => void): void {
    const note = this.#make(news);
    const drop = () => {
      this.#kept.delete(note);
    };
    note.on('click', () => {
      drop();
      onClick();
    });
    note.on('failed', drop);
    // `close` is not the end: on Windows and macOS it goes on into a list, where it can still be clicked.
    this.#kept.add(note);
    for (const oldest of this.#kept) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    note.show();
  }
}
