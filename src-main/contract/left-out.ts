import { routeWords } from './words.ts';

type Coded<Code extends string, Detail> = { readonly code: Code; readonly detail: Detail };
type Nothing = Readonly<Record<string, never>>;

/** Why a cell of a file is no number. */
export type NumberTrouble =
  | Coded<'number-missing' | 'number-shortened' | 'number-foreign' | 'number-odd', Nothing>
  | Coded<'number-extension', { readonly extension: string }>;

/**
 * Why a number, or a line of a file, is left out of a plan. The journal keeps the code and its detail; `leftOutWords` makes the
 * sentence. `route`, `primary` and `failover` are keys in the journal and labels in a window.
 */
export type LeftOut =
  | NumberTrouble
  /** A sentence as it is: from a journal of before reasons had codes. */
  | Coded<'text', { readonly text: string }>
  /** `written` is as it stands in the cell or was typed; `meant` is the label that it is probably a slip of. */
  | Coded<'no-such-route', { readonly written: string; readonly meant: string | null }>
  | Coded<
      | 'primary-none'
      | 'without-primary'
      | 'had-no-primary'
      | 'no-routes'
      | 'not-in-list'
      | 'list-not-complete'
      | 'not-owned'
      | 'routes-not-read',
      Nothing
    >
  | Coded<'line-before', { readonly line: number }>
  | Coded<'forwards-to-itself' | 'former-route-gone' | 'kept-route-gone', { readonly route: string }>
  /** It could not be asked for. `message` is that of the error. */
  | Coded<'not-asked', { readonly message: string }>
  | Coded<'changed-since', { readonly primary: string; readonly failover: string }>;

const longestWritten = 80;

/** A route that is not listed, as it was written. A long cell is cut: it is there to be recognised. */
export function noSuchRoute(written: string, meant: string | null = null): LeftOut {
  const shown = written.length > longestWritten ? `${written.slice(0, longestWritten - 1)}…` : written;
  return { code: 'no-such-route', detail: { written: shown, meant } };
}

/** The sentence for a person. */
export function leftOutWords(why: LeftOut): string {
  switch (why.code) {
    case 'text':
      return why.detail.text;
    case 'number-missing':
      return 'The number is missing.';
    case 'number-shortened':
      return 'A spreadsheet shortened this number. Format the column as text and save again.';
    case 'number-extension':
      return `Extension ${why.detail.extension} has no routes of its own: write the number without it.`;
    case 'number-foreign':
      return 'This is a number of another country: only North American ones can be imported.';
    case 'number-odd':
      return 'This is not a North American number, such as 12065550142.';
    case 'no-such-route': {
      const { written, meant } = why.detail;
      return `There is no route "${written}".${meant === null ? '' : ` Did you mean "${meant}"?`}`;
    }
    case 'primary-none':
      return 'Only the failover can be none.';
    case 'without-primary':
      return 'It has no primary route, and none was chosen for it: choose both routes.';
    case 'had-no-primary':
      return 'It had no primary route, and no request can take that back: choose a route instead.';
    case 'no-routes':
      return 'Neither a primary nor a failover route is given.';
    case 'not-in-list':
      return 'The list has no such number of this account. If it is new, sync and try again.';
    case 'list-not-complete':
      return 'The list is not complete yet and does not have this number so far. Try again after the first sync.';
    case 'line-before':
      return `The number stands on line ${why.detail.line} already: this line is left out.`;
    case 'forwards-to-itself':
      return `Route ${why.detail.route} forwards to this very number: calls would go in circles.`;
    case 'not-owned':
      return 'The carrier says this account does not have the number.';
    case 'routes-not-read':
      return 'Its routes were not read yet.';
    case 'not-asked':
      return why.detail.message;
    case 'changed-since': {
      const { primary, failover } = why.detail;
      return `Changed since: it has ${routeWords(primary)}, then ${routeWords(failover)} now.`;
    }
    case 'former-route-gone':
      return `The route "${why.detail.route}" is gone.`;
    case 'kept-route-gone':
      return `It keeps the route "${why.detail.route}", which does not exist any more: choose both routes.`;
  }
}

/** With the labels of routes instead of their keys. */
export function withLabels(why: LeftOut, labelOf: (key: string) => string): LeftOut {
  switch (why.code) {
    case 'forwards-to-itself':
    case 'former-route-gone':
    case 'kept-route-gone':
      return { ...why, detail: { route: labelOf(why.detail.route) } };
    case 'changed-since': {
      const { primary, failover } = why.detail;
      return { ...why, detail: { primary: labelOf(primary), failover: labelOf(failover) } };
    }
    default:
      return why;
  }
}
