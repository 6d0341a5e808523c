import type {
  Overlaps,
  RecordKind,
  RestoreAccount,
  RestorePreview,
  RestoreWay,
} from '#main/contract/backup.ts';
import { forEachJob, jobNames, jobSubjects } from '#main/contract/job-words.ts';
import { settingsTable } from '#main/contract/settings.ts';
import { formatCount, formatMoney } from '../../lib/format.ts';

const kinds: Readonly<Record<RecordKind, readonly [one: string, many: string]>> = {
  ...forEachJob((subject) => [jobNames[subject].one, jobNames[subject].many] as const),
  tags: ['tag of a number', 'tags of numbers'],
  costs: ['cost of a number', 'costs of numbers'],
  activity: ['entry of the activity', 'entries of the activity'],
  cart: ['number in the cart', 'numbers in the cart'],
  searches: ['search', 'searches'],
};
const numberOf = (count: number, [one, many]: readonly [string, string]) =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** What restoring does to each kind of record, as far as it does something. */
export function overlapWords(overlaps: Overlaps, way: RestoreWay): string[] {
  const lines = (Object.keys(kinds) as RecordKind[]).flatMap((kind) => {
    const { here, there, both } = overlaps[kind];
    const [added, gone] = [there - both, way === 'replace' ? here - both : 0];
    const parts = [
      added > 0 ? `${numberOf(added, kinds[kind])} added` : '',
      gone > 0 ? `${numberOf(gone, kinds[kind])} of this computer gone` : '',
    ].filter(Boolean);
    return parts.length > 0 ? [parts.join(', ')] : [];
  });
  return lines.length > 0 ? lines : ['Nothing is added: all of it is here already'];
}

/** What becomes of what was not finished when the backup was made. */
export function unfinishedWords(unfinished: RestoreAccount['unfinished']): string[] {
  return jobSubjects.flatMap((subject) =>
    unfinished[subject].jobs > 0 ? [jobNames[subject].unfinished(unfinished[subject])] : [],
  );
}

/** "Limit of an order: $50.00 becomes $80.00". */
export function settingWords({ name, here, there }: RestorePreview['settings'][number]): string {
  const value = (text: string) => {
    if (name === 'orderLimit') return formatMoney(Number(text));
    if (text === 'true') return 'on';
    return text === 'false' ? 'off' : text;
  };
  return `${settingsTable[name].title}: ${value(here)} becomes ${value(there)}`;
}
