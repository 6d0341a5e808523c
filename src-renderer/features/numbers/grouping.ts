import type { Client } from '#main/contract/client.ts';
import type { Result } from '#main/contract/errors.ts';
import type { GroupColumn } from '#main/contract/numbers.ts';
import { otherCountries } from '#main/contract/phone.ts';
import { regions } from '#main/contract/regions.ts';
import { routeWords } from '#main/contract/words.ts';
import type { Group } from '../../lib/groups.ts';

/** What the list can be grouped by. */
export const groupChoices: readonly { readonly key: GroupColumn; readonly title: string }[] = [
  { key: 'primary', title: 'Primary route' },
  { key: 'failover', title: 'Failover route' },
  { key: 'state', title: 'State or province' },
  { key: 'npa', title: 'Area code' },
  { key: 'tags', title: 'Tags' },
];

/** What the head of a group says. */
export function groupTitle(by: GroupColumn | null, value: string | null): string {
  switch (by) {
    case 'state':
      if (value === otherCountries) return 'Other countries';
      return value ? (regions[value]?.name ?? value) : 'No state';
    case 'npa':
      return value === otherCountries ? 'Other countries' : (value ?? '');
    case 'tags':
      return value ? value : 'No tags';
    default:
      return routeWords(value);
  }
}

/** What the tooltip of its head says: of tags that a group is one of their combinations. */
export function groupTip(by: GroupColumn | null, value: string | null): string {
  const title = groupTitle(by, value);
  if (by !== 'tags' || !value) return title;
  const these = value.includes(', ') ? 'exactly these tags' : 'this tag and no other';
  return `${title}: numbers with ${these}. Another combination of tags is a group of its own.`;
}

/** All groups of a query with how many numbers each has, as they were at one revision of the list. */
export async function allGroups(
  client: Client,
  text: string,
  by: GroupColumn,
): Promise<Result<{ readonly revision: number; readonly groups: readonly Group[] }>> {
  const groups: Group[] = [];
  for (;;) {
    const result = await client.call('numbers.groups', { text, by, offset: groups.length });
    if (!result.ok) return result;
    const { revision, total } = result.value;
    groups.push(...result.value.groups);
    if (result.value.groups.length === 0 || groups.length >= total)
      return { ok: true, value: { revision, groups } };
  }
}
