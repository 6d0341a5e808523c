import type { Moved } from '../contract/accounts.ts';
import { agree, countOf, formatCount } from '../contract/words.ts';

/** So many names of routes are told; more are counted. */
const mostNamed = 5;

/** What a move to another version of the API came to, in sentences. */
export function movedWords({ label, api, names, unread }: Moved): string {
  const said = [`${label} uses API ${api} now. Everything that was kept of it is still here.`];
  if (names.length > 0) {
    const shown = names.slice(0, mostNamed).join(', ');
    const more = names.length > mostNamed ? `, and ${formatCount(names.length - mostNamed)} more` : '';
    said.push(
      `API ${api} does not have ${countOf(names.length, 'route')} of earlier changes and orders under ${agree(names.length, 'its name', 'their names')}, or has several: ${shown}${more}. Changes that set ${agree(names.length, 'it', 'one of them')} leave those numbers out and say so.`,
    );
  }
  if (unread > 0) said.push(`The routes of ${countOf(unread, 'number')} are read anew.`);
  return said.join(' ');
}
