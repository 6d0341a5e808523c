import { z } from 'zod';
import { takes } from './method.ts';
import { chosenNumbers, phoneNumber } from './schemas.ts';

export type TagUse = { readonly name: string; readonly count: number };

const tag = z
  .string()
  .trim()
  .min(1, 'Type a tag.')
  .max(32, 'A tag has at most 32 characters.')
  .regex(/^[^,":\p{Cc}]+$/u, 'A tag has no commas, colons or quotes.')
  .refine((text) => text.toLowerCase() !== 'none', 'The word "none" means numbers without tags.');

/** Why a text cannot be a tag, as a sentence; null for one that can. */
export function tagProblem(text: string): string | null {
  return tag.safeParse(text).error?.issues[0]?.message ?? null;
}

/** What a change of tags did: how many numbers were changed, which of the added tags no number had, and what `tags.undo` takes back. */
export type TagsChanged = {
  readonly numbers: number;
  readonly created: readonly string[];
  readonly undo: number;
};

/** What windows may ask about this. */
export const tagMethods = () => {
  const tags = z.array(tag).max(20);
  return {
    'tags.names': takes({}).gives<readonly TagUse[]>(),
    'tags.change': takes({ source: chosenNumbers, add: tags, remove: tags }).gives<TagsChanged>(),
    /** Several changes at once, all or none, which are taken back together. */
    'tags.changeSeveral': takes({
      changes: z
        .array(
          z.strictObject({
            numbers: z.array(phoneNumber).min(1).max(100_000),
            ...{ add: tags, remove: tags },
          }),
        )
        .min(1)
        .max(1_000),
    }).gives<TagsChanged>(),
    /** Takes one of the last changes of tags back, once. */
    'tags.undo': takes({ id: z.int().min(1) }).gives<{ readonly numbers: number }>(),
  };
};
