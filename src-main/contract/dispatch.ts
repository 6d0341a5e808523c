import { toAppError, type Result } from './errors.ts';
import { methods, type Handlers, type MethodName } from './contract.ts';

const known = new Set(Object.keys(methods));
/** The longest sentence for a person, in letters. */
const mostLetters = 300;

/**
 * Turns a handler map into one function for a host: unknown method and bad input are refused with a
 * sentence, a thrown failure becomes data, and nothing is ever thrown across the boundary.
 */
export function createDispatch(
  handlers: Handlers,
  onUnexpected: (method: string, thrown: unknown) => void = () => undefined,
): (method: unknown, input: unknown) => Promise<Result<unknown>> {
  return async (method, input) => {
    if (typeof method !== 'string' || !known.has(method)) {
      return refused('forbidden', 'This window asked for something Numberdesk does not offer.');
    }
    const name = method as MethodName;
    if (!isWellFormed(input)) {
      return refused(
        'invalid-input',
        'The text has half of a character in it, which cannot be sent or kept.',
      );
    }
    // Asked only where the schema has no sentence of its own.
    const unsaid = new Set<string>();
    const note = ({ path = [] }: { path?: PropertyKey[] | undefined }) => {
      unsaid.add(path.join('.'));
      return undefined;
    };
    const parsed = methods[name].input.safeParse(input, { error: note });
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const where = issue?.path.join('.') ?? '';
      const message = issue?.message ?? 'not understood';
      return refused('invalid-input', where && unsaid.has(where) ? `${where}: ${message}` : message);
    }
    try {
      const handler = handlers[name] as (value: unknown) => Promise<unknown>;
      return { ok: true, value: await handler(parsed.data) };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'internal') onUnexpected(name, thrown);
      return { ok: false, error: { ...error, message: shortened(error.message) } };
    }
  };
}

/**
 * No text in it, names of members included, has a lone surrogate: such a text has no UTF-8 and no URL. What is met again is not
 * looked at again: a message of the desktop may hold one object in many places, and in itself.
 */
function isWellFormed(value: unknown, depth = 0, seen = new Set<object>()): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null || depth > 20 || seen.has(value)) return true;
  seen.add(value);
  if (Array.isArray(value)) return value.every((one) => isWellFormed(one, depth + 1, seen));
  return Object.entries(value).every(
    ([key, one]) => key.isWellFormed() && isWellFormed(one, depth + 1, seen),
  );
}

/** A sentence may have a name in it that somebody else chose, of any length. */
function shortened(message: string): string {
  return message.length <= mostLetters ? message : `${message.slice(0, mostLetters).toWellFormed()}…`;
}

function refused(code: 'forbidden' | 'invalid-input', message: string): Result<never> {
  const action = 'Correct it and try again.';
  return { ok: false, error: { code, message: shortened(message), action, retryable: false } };
}
