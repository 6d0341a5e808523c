export type Toast = { readonly id: number; readonly text: string; readonly action: ToastAction | null };
/** What can be done about what was said, for as long as it is shown. */
export type ToastAction = { readonly label: string; readonly run: () => void };

const mostShown = 3;
const shortMs = 4_000;
/** Long enough to reach the button. */
const withActionMs = 15_000;
/** After the pointer has left. */
const afterHoldMs = 2_000;

/** Short messages that need no answer. They stay while the pointer or the focus is on them. */
export class Toasts {
  shown = $state.raw<readonly Toast[]>([]);
  #count = 0;
  #timers: Record<number, ReturnType<typeof setTimeout>> = {};
  /** Those whose time came to an end while they were held; null while nothing holds them. */
  #due: number[] | null = null;

  say(text: string, action: ToastAction | null = null): void {
    this.#count += 1;
    const toast = { id: this.#count, text, action };
    const kept = this.shown.slice(1 - mostShown);
    for (const { id } of this.shown) if (!kept.some((one) => one.id === id)) this.#forget(id);
    this.shown = [...kept, toast];
    this.#removeIn(toast.id, action ? withActionMs : shortMs);
  }

  remove(id: number): void {
    this.#forget(id);
    this.shown = this.shown.filter((toast) => toast.id !== id);
    // What held it went with it.
    if (this.shown.length === 0) this.#due = null;
  }

  /** Takes away what offers an action. */
  dropActions(): void {
    for (const { id, action } of this.shown) if (action !== null) this.remove(id);
  }

  /** Keeps all that is shown until `release`. */
  hold(): void {
    this.#due ??= [];
  }

  release(): void {
    const due = this.#due ?? [];
    this.#due = null;
    for (const id of due) this.#removeIn(id, afterHoldMs);
  }

  #removeIn(id: number, ms: number): void {
    const timer = setTimeout(() => {
      if (this.#due) this.#due.push(id);
      else this.remove(id);
    }, ms);
    this.#timers[id] = timer;
  }

  #forget(id: number): void {
    clearTimeout(this.#timers[id]);
    this.#due = this.#due?.filter((one) => one !== id) ?? null;
  }
}
