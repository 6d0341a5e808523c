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
  return {
    async setRoutes(): Promise<void> {
      app.assigning = (await subject()) ?? app.assigning;
    },
    async setTags(): Promise<void> {
      app.tagging = (await subject()) ?? app.tagging;
    },
    /** In the format of the settings unless another one is named. */
    async copy(format: NumberFormat = app.settings.numberFormat): Promise<void> {
      app.say(await numbers.copy(format));
    },
  };
}
