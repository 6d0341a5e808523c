import { SvelteSet } from 'svelte/reactivity';

/**
 * What the buttons of one thing do, as those of an order, each step by its name. A step that is under way is not begun again, and
 * another one is begun at once: Pause is heard while the answer to Apply is still on its way. The second click of a double one
 * does nothing: it may hit another button, as Resume in the place of Pause.
 */
export class Steps {
  #underWay = new SvelteSet<string>();

  /** A step is under way. */
  get busy(): boolean {
    return this.#underWay.size > 0;
  }

  /** What a button does when it is clicked, or pressed by a key. */
  on(name: string, work: () => Promise<unknown>): (event?: MouseEvent) => void {
    return (event) => {
      if ((event?.detail ?? 0) < 2) void this.run(name, work);
    };
  }

  /** Does the work, unless the step of this name is under way. Rejects as the work does. */
  async run(name: string, work: () => Promise<unknown>): Promise<void> {
    if (this.#underWay.has(name)) return;
    this.#underWay.add(name);
    try {
      await work();
    } finally {
      this.#underWay.delete(name);
    }
  }
}
