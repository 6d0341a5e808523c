import type { PlanSummary } from '#main/contract/routing.ts';
import type { Undos } from './undos.ts';

/** Changes of routes that have ended, each of which is taken back once. A change is told of again while another one takes it back. */
export class UndoableChanges {
  #undos: Undos;
  #undo: (id: number) => void;
  /** The phase of each change when it was told of last, by id. */
  #phases = new Map<number, string>();

  constructor(undos: Undos, undo: (id: number) => void) {
    this.#undos = undos;
    this.#undo = undo;
  }

  /** News of a change. One that takes another back is no change to take back. */
  saw({ id, kind, phase, ordinal, undoable }: PlanSummary): void {
    const isNews = this.#phases.get(id) !== phase;
    this.#phases.set(id, phase);
    if (kind === 'undo') return;
    const what = `change ${ordinal}`;
    if (undoable === 0) this.#undos.drop(what);
    else if (isNews && (phase === 'done' || phase === 'paused'))
      this.#undos.push({
        what,
        run: () => {
          this.#undo(id);
        },
      });
  }
}
