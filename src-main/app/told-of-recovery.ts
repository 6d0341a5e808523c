import type { Recovered } from '../platform/storage/recovery.ts';

/** What a person is told when the record of an account had to be put together again: up to when everything is there. */
export function toldOfRecovery({ movedTo, upTo, whole }: Recovered): string {
  const happened = movedTo === null ? 'was gone' : 'was damaged';
  const what = `The record of this account (orders, changes of routes, tags, costs, activity) ${happened} and was put together again.`;
  const kept = movedTo === null ? '' : ` The damaged file is kept as ${movedTo}.`;
  if (whole) return `${what} Nothing is missing.${kept} ${waiting}`;
  const from =
    upTo === null
      ? 'There was no backup: what could still be read is there.'
      : `Everything up to ${new Date(upTo).toLocaleString()} is there${
          movedTo === null ? '' : ', and of what came later what could still be read'
        }.`;
  return `${what} ${from} ${waiting}${kept}`;
}

const waiting =
  'Orders and changes of routes that were open wait for you: their numbers are looked up with the carrier before anything is sent.';
