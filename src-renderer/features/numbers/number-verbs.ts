import type { NumberFormat } from '#main/contract/phone.ts';
import type { AppState, Subject } from '../../app/app.svelte.ts';
import type { NumbersState } from './numbers.svelte.ts';

/**
 * What can be done to numbers of the list. A key, a button and a command of the same name call the same of these, so that
 * they act on the same numbers: what is selected, else the row of the cursor.
 */
export function numberVerbs(app: AppState, numbers: NumbersState) {
  async function subject(): Promise<Subject | null> {
    const chosen = await numbers.subject();
    if (!('refused' in chosen)) return { kind: 'numbers', ...chosen };
    app.say(chosen.refused);
    return null;
  }
  const named = (only: readonly string[]): Subject => ({ kind: 'numbers', numbers: only });
  return {
    /** `only` names the numbers, where it is clear which ones are meant. */
    async setRoutes(only?: readonly string[]): Promise<void> {
      app.assigning = (only ? named(only) : await subject()) ?? app.assigning;
    },
    async setTags(only?: readonly string[]): Promise<void> {
      app.tagging = (only ? named(only) : await subject()) ?? app.tagging;
    },
    /** In the format of the settings unless another one is named. */
    async copy(format: NumberFormat = app.settings.numberFormat, only?: readonly string[]): Promise<void> {
      app.say(await numbers.copy(format, only));
    },
  };
}
