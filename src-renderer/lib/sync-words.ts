import type { SyncStatus } from '#main/contract/sync.ts';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'long' });

/** Whether a sync that failed is tried again by itself, and when: nothing is promised that is not planned. */
export function nextTry(sync: Pick<SyncStatus, 'phase' | 'nextAt'>, now: number): string {
  if (sync.phase !== 'idle') return 'Trying again now…';
  if (sync.nextAt === null) return 'It is not tried again by itself.';
  const seconds = Math.round((sync.nextAt - now) / 1000);
  if (seconds < 15) return 'It is tried again in a moment.';
  return seconds < 90
    ? `It is tried again ${relative.format(seconds, 'second')}.`
    : `It is tried again ${relative.format(Math.round(seconds / 60), 'minute')}.`;
}
