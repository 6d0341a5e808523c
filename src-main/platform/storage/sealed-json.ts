import { createHash } from 'node:crypto';
import type { z } from 'zod';

/** What the bytes of a small file are: usable, of a newer version of the app, or damaged. */
export type Unsealed<T> =
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'newer' }
  | { readonly state: 'damaged' };

const seal = (body: string) => createHash('sha256').update(body, 'utf8').digest('hex');
/** The last property of a sealed file. Everything before it is what was sealed. */
const sealed = /,\n {2}"checksum": "([0-9a-f]{64})"\n\}\n?$/;

/**
 * JSON of an object, two spaces deep, with the SHA-256 of all the text before it as the last property, so that one
 * changed bit anywhere is noticed when it is read again.
 */
export function sealJson(value: Readonly<Record<string, unknown>>): string {
  const body = JSON.stringify(value, null, 2).replace(/\n\}$/, '');
  return `${body},\n  "checksum": "${seal(body)}"\n}\n`;
}

/**
 * Reads what `sealJson` wrote. A file without a checksum (of version 0.1.0, or edited by hand) is good when it has no
 * property that the schema does not know: a checksum whose name was damaged must not pass for a file that never had one.
 * Marks of an editor are no damage: a byte-order mark, and lines that end with CR LF.
 */
export function unsealJson<S extends z.ZodObject>(bytes: Uint8Array, schema: S): Unsealed<z.infer<S>> {
  const text = decoded(bytes)?.replaceAll('\r\n', '\n');
  if (text === undefined) return { state: 'damaged' };
  const found = sealed.exec(text);
  if (found && seal(text.slice(0, found.index)) !== found[1]) return { state: 'damaged' };
  const value = parsed(found ? `${text.slice(0, found.index)}\n}` : text);
  if (value === null) return { state: 'damaged' };
  const known = Object.keys(value).every((name) => name in schema.shape);
  const read = schema.safeParse(value);
  if (read.success && (found || known)) return { state: 'ready', value: read.data };
  // Whole, and not understood: it was written by a version that knows more.
  return { state: found ? 'newer' : 'damaged' };
}

/** The properties of a file that `sealJson` wrote, without the checksum; null when it is not as it was written. */
export function unsealed(bytes: Uint8Array): Record<string, unknown> | null {
  const text = decoded(bytes);
  const found = text === undefined ? null : sealed.exec(text);
  if (text === undefined || !found || seal(text.slice(0, found.index)) !== found[1]) return null;
  return parsed(`${text.slice(0, found.index)}\n}`);
}

function decoded(bytes: Uint8Array): string | undefined {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    // Takes a byte-order mark off by itself.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
