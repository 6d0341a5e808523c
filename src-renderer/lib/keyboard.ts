import { modifierHeld } from './keys.ts';

/** A list that has the focus as a whole: while it has it, letters may be verbs of the list. */
export type KeyGrid = {
  /** The element that has the focus. */
  readonly element: HTMLElement;
  /** Puts the focus there, and the cursor on a row; true where no row had it before, so that it came to the first one. */
  focus(): boolean;
  /** Handles a key of the list; tells whether it did. */
  key(event: KeyboardEvent): boolean;
};
/** A field for a query. `select` marks all of it, where that is more than the text of the element. */
export type KeyField = { readonly element: HTMLInputElement; clear(): void; select?(): void };

/** A part of the screen beside its list. */
const beside = '[data-beside]';
const moves = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp'];

/**
 * Where a key goes. Letters are verbs only while the list has the focus, which an arrow, a click in it or Escape puts
 * there; everywhere else a printable key goes on with the query. `/` goes to the query field and `?` to the shortcuts on
 * every screen.
 */
export class Keyboard {
  #grids: readonly KeyGrid[] = [];
  #field: KeyField | null = null;
  #homes: readonly (() => void)[] = [];
  #help: () => void;

  constructor(help: () => void) {
    this.#help = help;
  }

  /** The list of the screen: none of those that stand beside it, as the rows of what is open. Those alone where it is not shown. */
  get #grid(): KeyGrid | null {
    const main = this.#grids.findLast(({ element }) => element.closest(beside) === null);
    return main ?? this.#grids.at(-1) ?? null;
  }

  /** The list that a key belongs to which is pressed there: the one that has the focus, else that of the same part of the screen. */
  #gridOf(target: HTMLElement): KeyGrid | null {
    const part = target.closest(beside);
    return (
      this.#grids.find(({ element }) => element === target) ??
      this.#grids.findLast(({ element }) => part?.contains(element)) ??
      this.#grid
    );
  }

  /** A list on screen; returns what ends that. One inside of `data-beside` stands beside the list of its screen. */
  grid(grid: KeyGrid): () => void {
    this.#grids = [...this.#grids, grid];
    return () => {
      this.#grids = this.#grids.filter((one) => one !== grid);
      // The list had the focus and is gone: the next key must not be lost.
      setTimeout(() => {
        this.arrive();
      });
    };
  }

  /** The query field on screen; returns what ends that. */
  field(field: KeyField): () => void {
    this.#field = field;
    // On arrival at a screen the focus is where typing is safe.
    setTimeout(() => {
      this.arrive();
    });
    return () => {
      if (this.#field === field) this.#field = null;
    };
  }

  /** Brings the part of the screen that has the query field on screen, of several the last one told; returns what ends that. */
  home(show: () => void): () => void {
    this.#homes = [...this.#homes, show];
    return () => {
      this.#homes = this.#homes.filter((one) => one !== show);
    };
  }

  /** Puts the focus into the query field when it is nowhere, or where another screen was chosen; without one on the screen. */
  arrive(): void {
    const focused = document.activeElement;
    const nowhere = focused === null || focused === document.body;
    if (document.querySelector('dialog[open]') || !(nowhere || focused.closest('nav[data-screens]'))) return;
    if (this.#field) this.#field.element.focus({ preventScroll: true });
    else if (nowhere) toScreen();
  }

  /** What had the focus is gone, as a button that did its work: the focus goes to the list, else to the query field or the screen. */
  recover(): void {
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    if (document.querySelector('dialog[open]')) return;
    if (this.#grid) this.#grid.focus();
    else if (this.#field) this.#field.element.focus();
    else toScreen();
  }

  /** Puts the focus on the list, or (where nothing is listed) leaves it. */
  toGrid(): void {
    this.#grid?.focus();
  }

  /** Puts the focus into the query field with its text selected, wherever on the screen it is. */
  toQuery(): void {
    const focus = () => {
      const field = this.#field;
      field?.element.focus();
      if (field?.select) field.select();
      else field?.element.select();
    };
    if (this.#field) return focus();
    this.#homes.at(-1)?.();
    // The field appears together with that part of the screen.
    setTimeout(focus);
  }

  handle(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    if (target.closest('[role="menu"]')) return;
    if (this.#handled(event, target)) event.preventDefault();
  }

  #handled(event: KeyboardEvent, target: HTMLElement): boolean {
    const grid = this.#gridOf(target);
    if (target === this.#field?.element) return this.#fieldKey(event, this.#field);
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return false;
    const onGrid = target === grid?.element;
    if (onGrid && grid.key(event)) return true;
    const third = event.getModifierState('AltGraph');
    if (event.metaKey || (!third && (event.ctrlKey || event.altKey)))
      return (
        !onGrid && event.key.toLowerCase() === 'a' && !event.shiftKey && grid !== null && grid.key(event)
      );
    if (event.key === '/') this.toQuery();
    else if (event.key === '?') this.#help();
    else if (event.key === 'Escape' && this.#grid && this.#grid.element !== target) this.#grid.focus();
    else if (moves.includes(event.key) && grid && !onGrid) {
      // A cursor that was nowhere is on the first row now, which is what the key asked for.
      return grid.focus() || grid.key(event);
    } else {
      // The character goes to where the focus is once the key is up: an input method works as anywhere.
      if (event.key.length === 1 && event.key !== ' ') this.#goOn();
      return false;
    }
    return true;
  }

  #fieldKey(event: KeyboardEvent, field: KeyField): boolean {
    const { key } = event;
    if (modifierHeld(event) || event.altKey) return false;
    if (key === 'Escape' && this.#grid) this.#grid.focus();
    else if (key === 'Escape') field.clear();
    else if (key === 'ArrowDown' && this.#grid) this.#grid.focus();
    else if (key === '?' && field.element.value === '') this.#help();
    // `/` asks for the query field, which has the focus already: in an empty one it is not typed.
    else return key === '/' && field.element.value === '';
    return true;
  }

  /** The next character goes on with the query. */
  #goOn(): void {
    const input = this.#field?.element;
    input?.focus();
    input?.setSelectionRange(input.value.length, input.value.length);
  }
}

/** The screen itself has the focus where it has neither a list nor a query field: Tab goes on with what comes first in it. */
function toScreen(): void {
  document.querySelector<HTMLElement>('main[tabindex]')?.focus({ preventScroll: true });
}

/** The keys of a list without rows to choose: `j` and `k` scroll it by a row. */
export function scrollingGrid(element: HTMLElement, rowHeight: () => number): KeyGrid {
  return {
    element,
    focus() {
      element.focus();
      return false;
    },
    key(event) {
      const rows = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (rows === undefined || modifierHeld(event) || event.altKey) return false;
      element.scrollTop += rows * rowHeight();
      return true;
    },
  };
}
