import { formatNumber } from '#main/contract/phone.ts';
import { agree, countOf, numbersOf } from '#main/contract/words.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { once } from '../../lib/without.ts';
import type { NumbersState } from './numbers.svelte.ts';
import { sayTagged } from './tags.svelte.ts';

/** What can be done with the changes that were made in cells of the list. */
export function stagedVerbs(app: AppState, numbers: NumbersState) {
  const { staged, client } = numbers;
  return {
    /** Makes one plan of the routes, compared with the carrier, and shows it. They stay staged until it is applied. */
    async review(): Promise<void> {
      if (staged.draft !== null) return app.openPlan(staged.draft);
      const parts = staged.routeParts;
      const drafted = await client.call('plans.draft', { source: { kind: 'several', parts } });
      if (!drafted.ok) return app.say(`${drafted.error.message} ${drafted.error.action}`);
      const { id } = drafted.value;
      staged.drafted(id, parts);
      const [only] = parts;
      if (only && parts.length === 1) app.last.drafted(id, only.change);
      app.openPlan(id);
    },
    /** Changes the tags at once; one Undo takes all of them back. */
    async applyTags(): Promise<void> {
      const changes = staged.tagParts;
      if (changes.length === 0) return;
      const changed = await client.call('tags.changeSeveral', { changes });
      if (!changed.ok) return app.say(`${changed.error.message} ${changed.error.action}`);
      staged.tagged(changes);
      const [add, remove] = [changes.flatMap((one) => one.add), changes.flatMap((one) => one.remove)];
      if (changes.length === 1) sayTagged(app, changed.value, once(add), once(remove));
      else sayTagged(app, changed.value, [], []);
      app.keyboard.recover();
    },
    /** Gives up all of them, or those of these numbers; they can be had back. */
    discard(only: readonly string[] = staged.numbers): void {
      const count = staged.countOf(only);
      const kept = staged.discard(only);
      const what = `discarded ${Math.random()}`;
      const run = () => {
        app.undos.drop(what);
        staged.putBack(kept);
        app.say(`${countOf(count, 'change')} ${agree(count, 'is', 'are')} back, not sent.`);
      };
      app.undos.push({ what, run });
      app.say(`${countOf(count, 'change')} ${agree(count, 'was', 'were')} discarded.`, {
        label: 'Undo',
        run,
      });
      app.keyboard.toGrid();
    },
    /** Says which changes were dropped because their numbers left the list. */
    sayGone(): void {
      const { gone } = staged;
      const [only] = gone;
      if (only === undefined) return;
      staged.gone = [];
      const who = gone.length === 1 ? formatNumber(only, app.settings.numberFormat) : numbersOf(gone.length);
      app.say(
        `${who} ${agree(gone.length, 'is', 'are')} not in the list any more: what was changed there and not sent is dropped.`,
      );
    },
  };
}
