import { amount, text, wordsBy, type Coded, type CodedBy } from './coded.ts';
import { formatNumber } from './phone.ts';
import { routeWords } from './words.ts';

type OfRoute = { readonly route: string };

/** Why a cell of a file is no number. */
const numberTroubles = {
  'number-missing': () => 'The number is missing.',
  'number-shortened': () => 'A spreadsheet shortened this number. Format the column as text and save again.',
  'number-extension': (extension: string) =>
    `Extension ${text(extension)} has no routes of its own: write the number without it.`,
  /** Of older versions, which read North American numbers only. */
  'number-foreign': () =>
    'This is a number of another country, which could not be imported before: import the file again.',
  'number-length': () => 'A number of another country has 7 to 15 digits, the code of its country first.',
  'number-several': () => 'There are several numbers in this cell: write each on a line of its own.',
  'number-odd': () => 'This is no phone number, such as 12065550142 or +442079460958.',
};

/** Why a number, or a line of a file, is left out of a plan. Routes are keys in the journal and labels in a window. */
const reasons = {
  ...numberTroubles,
  /** A sentence that an older version stored. */
  text: (sentence: string) => text(sentence),
  /** `written` is as it stands in the cell or was typed; `meant` is the label that it is probably a slip of. */
  'no-such-route': ({ written, meant }: { readonly written: string; readonly meant: string | null }) =>
    `There is no route "${text(written)}".${meant === null ? '' : ` Did you mean "${text(meant)}"?`}`,
  /** `labels` of the routes that share the name; each of them names one route. */
  'route-shared': ({ written, labels }: { readonly written: string; readonly labels: readonly string[] }) =>
    `${labels.length} routes are called "${text(written)}": write ${labels.map((label) => `"${text(label)}"`).join(' or ')}.`,
  'primary-none': () => 'Only the failover can be none.',
  'without-primary': () => 'It has no primary route, and none was chosen for it: choose both routes.',
  'had-no-primary': () =>
    'It had no primary route, and no request can take that back: choose a route instead.',
  /** Both are digits with the country's code. */
  'number-either': ({ one, other }: { readonly one: string; readonly other: string }) =>
    `This may be ${formatNumber(text(one), 'international')} or ${formatNumber(text(other), 'international')}, which this account has: write it with a plus sign and the code of its country.`,
  'no-routes': () => 'Neither a primary nor a failover route is given.',
  'not-in-list': () => 'The list has no such number of this account. If it is new, sync and try again.',
  'list-not-complete': () =>
    'The list is not complete yet and does not have this number so far. Try again after the first sync.',
  'line-before': (line: number) =>
    `The number stands on line ${amount(line)} already: this line is left out.`,
  'forwards-to-itself': ({ route }: OfRoute) =>
    `Route ${text(route)} forwards to this very number: calls would go in circles.`,
  'not-owned': () => 'The carrier says this account does not have the number.',
  'routes-not-read': () => 'Its routes were not read yet.',
  /** It could not be asked for: the message of the error. */
  'not-asked': (message: string) => text(message),
  'changed-since': ({ primary, failover }: { readonly primary: string; readonly failover: string }) =>
    `Changed since: it has ${routeWords(text(primary))}, then ${routeWords(text(failover))} now.`,
  'former-route-gone': ({ route }: OfRoute) => `The route "${text(route)}" is gone.`,
  'kept-route-gone': ({ route }: OfRoute) =>
    `It keeps the route "${text(route)}", which does not exist any more: choose both routes.`,
};

export type NumberTrouble = CodedBy<typeof numberTroubles>;
export type LeftOut = CodedBy<typeof reasons>;

const longestWritten = 80;

/** A route that is not listed, as it was written. A long cell is cut: it is there to be recognised. */
export function noSuchRoute(written: string, meant: string | null = null): LeftOut {
  return { code: 'no-such-route', detail: { written: cut(written), meant } };
}

function cut(written: string): string {
  return written.length > longestWritten ? `${written.slice(0, longestWritten - 1)}…` : written;
}

/** So many of the routes that share a name are told. */
const mostShared = 5;

/** A name that several routes have, as it was written: which of them is meant cannot be told. */
export function sharedName(written: string, labels: readonly string[]): LeftOut {
  return { code: 'route-shared', detail: { written: cut(written), labels: labels.slice(0, mostShared) } };
}

/** The sentence for a person; '' when there is nothing to say. */
export function leftOutWords(why: LeftOut | null): string {
  return wordsBy(reasons, why);
}

const routeMembers = ['route', 'primary', 'failover'];

/** With the labels of routes instead of their keys. */
export function withLabels<C extends Coded>(why: C, labelOf: (key: string) => string): C {
  const { detail } = why;
  if (typeof detail !== 'object' || detail === null) return why;
  const labelled = Object.entries(detail).map(([name, value]: [string, unknown]) => [
    name,
    routeMembers.includes(name) && typeof value === 'string' ? labelOf(value) : value,
  ]);
  return { ...why, detail: Object.fromEntries(labelled) as unknown };
}
