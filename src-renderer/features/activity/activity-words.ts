import { activityPart, type ActivityEntry } from '#main/contract/activity-entry.ts';
import type { Client } from '#main/contract/client.ts';
import type { Result } from '#main/contract/errors.ts';

/** The numbers an entry has so far, and the part after them: empty past the last one. */
export async function moreNumbers(
  client: Client,
  { id, numbers }: Pick<ActivityEntry, 'id' | 'numbers'>,
): Promise<Result<readonly string[]>> {
  const part = Math.ceil(numbers.length / activityPart);
  const result = await client.call('activity.numbers', { id, part });
  return result.ok ? { ok: true, value: [...numbers, ...result.value] } : result;
}
