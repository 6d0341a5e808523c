import { z } from 'zod';
import { takes } from './method.ts';
import { phoneNumber, queryText } from './schemas.ts';

export type TagUse = { readonly name: string; readonly count: number };

/** What windows may ask about this. */
export const tagMethods = () => {
  const tag = z
    .string()
    .trim()
    .min(1, 'Type a tag.')
    .max(32, 'A tag has at most 32 characters.')
    .regex(/^[^,":\p{Cc}]+$/u, 'A tag has no commas, colons or quotes.')
    .refine((text) => text.toLowerCase() !== 'none', 'The word "none" means numbers without tags.');
  return {
    'tags.names': takes({}).gives<readonly TagUse[]>(),
    /** How many numbers were changed, which of the added tags no number had, and what `tags.undo` takes back. */
    'tags.change': takes({
      source: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('numbers'), numbers: z.array(phoneNumber).min(1).max(100_000) }),
        z.strictObject({ kind: z.literal('query'), text: queryText }),
      ]),
      add: z.array(tag).max(20),
      remove: z.array(tag).max(20),
    }).gives<{ readonly numbers: number; readonly created: readonly string[]; readonly undo: number }>(),
    /** Takes one of the last changes of tags back, once. */
    'tags.undo': takes({ id: z.int().min(1) }).gives<{ readonly numbers: number }>(),
  };
};
