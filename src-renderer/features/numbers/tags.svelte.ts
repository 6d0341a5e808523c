import type { Outputs } from '#main/contract/contract.ts';
import type { AppError } from '#main/contract/errors.ts';
import type { TagUse } from '#main/contract/tags.ts';
import { formatNumber } from '#main/contract/phone.ts';
import { numbersOf } from '../../lib/format.ts';
import { once } from '../../lib/without.ts';
import type { AppState, Subject } from '../../app/app.svelte.ts';
import { outsideWords } from './numbers.svelte.ts';

/** Adding and removing tags of what `app.tagging` holds. Each subject begins with empty fields. */
export class TagsState {
  add = $state('');
  remove = $state('');
  known = $state.raw<readonly TagUse[]>([]);
  error = $state.raw<AppError | null>(null);
  busy = $state(false);
  /** What Enter was pressed on once; null before, and when something else is typed. */
  #chosen = $state.raw<string | null>(null);
  #app: AppState;

  constructor(app: AppState) {
    this.#app = app;
  }

  get count(): number {
    const subject = this.#app.tagging;
    if (subject === null) return 0;
    return subject.kind === 'query' ? subject.count : subject.numbers.length;
  }

  get about(): string {
    const subject = this.#app.tagging;
    return subject?.kind === 'numbers' && subject.outside ? `${outsideWords(subject.outside)}.` : '';
  }

  get nothing(): boolean {
    return listOf(this.add).length + listOf(this.remove).length === 0;
  }

  /** What a second Enter does, in words; '' before the first one. */
  get asked(): string {
    if (this.nothing || this.#chosen !== this.#typed) return '';
    const words = changeWords(listOf(this.add), this.#created, listOf(this.remove), 'get', 'lose');
    return `${numbersOf(this.count)} ${words}: press Enter again.`;
  }

  /** Begins anew for a subject; null when the dialog was closed. */
  begin(subject: Subject | null): void {
    [this.add, this.remove, this.error, this.busy, this.#chosen] = ['', '', null, false, null];
    if (subject === null) return;
    void this.#app.client.call('tags.names', {}).then((result) => {
      if (result.ok) this.known = result.value;
    });
  }

  cancel(): void {
    this.#app.tagging = null;
  }

  /**
   * Enter in a field. The first one only takes what is typed: a letter that was a verb and a word that was meant for the
   * query field change nothing together.
   */
  async enter(): Promise<void> {
    if (this.nothing) return;
    if (this.#chosen === this.#typed) return this.save();
    this.#chosen = this.#typed;
  }

  async save(): Promise<void> {
    const subject = this.#app.tagging;
    if (!subject || this.nothing || this.busy) return;
    this.busy = true;
    const [add, remove] = [listOf(this.add), listOf(this.remove)];
    const source =
      subject.kind === 'query'
        ? { kind: 'query' as const, text: subject.text }
        : { kind: 'numbers' as const, numbers: [...subject.numbers] };
    const result = await this.#app.client.call('tags.change', { source, add, remove });
    const here = this.#app.tagging === subject;
    if (here) this.busy = false;
    if (result.ok) {
      const only =
        subject.kind === 'numbers' && subject.numbers.length === 1 ? subject.numbers[0] : undefined;
      const who = only && formatNumber(only, this.#app.settings.numberFormat);
      sayTagged(this.#app, result.value, add, remove, who);
      if (here) this.#app.tagging = null;
    } else if (here) this.error = result.error;
    else this.#app.say(`Tags were not changed: ${result.error.message}`);
  }

  get #typed(): string {
    return JSON.stringify([listOf(this.add), listOf(this.remove)]);
  }

  /** Tags to add that no number has, as far as is known. */
  get #created(): string[] {
    const known = this.known.map((tag) => tag.name.toLowerCase());
    return listOf(this.add).filter((tag) => !known.includes(tag.toLowerCase()));
  }
}

/** Says what a change of tags did, with a way back; `who` in the place of how many numbers. */
export function sayTagged(
  app: AppState,
  { numbers, created, undo }: Outputs['tags.change'],
  add: readonly string[],
  remove: readonly string[],
  who = numbersOf(numbers),
): void {
  if (numbers === 0) return app.say('Nothing was changed: the tags are so already.');
  const what = `tags ${undo}`;
  const run = () => {
    app.undos.drop(what);
    void app.client.call('tags.undo', { id: undo }).then((result) => {
      app.say(
        result.ok
          ? `Tags of ${numbersOf(result.value.numbers)} are as before.`
          : `${result.error.message} ${result.error.action}`,
      );
    });
  };
  app.undos.push({ what, run });
  app.say(`${who} ${changeWords(add, created, remove, 'got', 'lost')}.`, { label: 'Undo', run });
}

/** "got vip and the new tag acoma, and lost old". */
function changeWords(
  add: readonly string[],
  created: readonly string[],
  remove: readonly string[],
  got: string,
  lost: string,
): string {
  const known = add.filter((tag) => !created.includes(tag));
  const gains = [
    known.length > 0 ? `the ${tags(known)}` : '',
    created.length > 0 ? `the new ${tags(created)}` : '',
  ].filter(Boolean);
  return [
    gains.length > 0 ? `${got} ${gains.join(' and ')}` : '',
    remove.length > 0 ? `${lost} the ${tags(remove)}` : '',
  ]
    .filter(Boolean)
    .join(', and ');
}

const tags = (names: readonly string[]) => `${names.length === 1 ? 'tag' : 'tags'} ${names.join(', ')}`;

function listOf(text: string): string[] {
  return once(text.split(',').map((tag) => tag.trim())).filter(Boolean);
}
