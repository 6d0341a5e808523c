import type { Inputs } from '#main/contract/contract.ts';
import type { RouteChange } from '#main/contract/routing.ts';
import { tagProblem } from '#main/contract/tags.ts';
import { without } from '../../lib/without.ts';

/** What is to become of a number: of each side that was changed, and all the tags it shall have. */
export type Staged = {
  readonly primary?: RouteChange['primary'];
  readonly failover?: RouteChange['failover'];
  readonly tags?: readonly string[];
  /** The tags it had when they were changed, to tell what is added and what is removed. */
  readonly hadTags?: readonly string[];
};
/** What was changed, by the number. */
export type StagedByNumber = Readonly<Record<string, Staged>>;
export type RoutePart = Extract<Inputs['plans.draft']['source'], { kind: 'several' }>['parts'][number];
export type TagsPart = Inputs['tags.changeSeveral']['changes'][number];

/** The routes as a draft takes them: the numbers with the same change together. */
export function routePartsOf(changes: StagedByNumber): RoutePart[] {
  const parts = new Map<string, { numbers: string[]; change: RouteChange }>();
  for (const [number, { primary = 'keep', failover = 'keep' }] of Object.entries(changes)) {
    if (primary === 'keep' && failover === 'keep') continue;
    const change = { primary, failover };
    const key = JSON.stringify(change);
    const part = parts.get(key) ?? { numbers: [], change };
    part.numbers.push(number);
    parts.set(key, part);
  }
  return Array.from(parts.values(), ({ numbers, change }) => ({ of: { kind: 'numbers', numbers }, change }));
}

/** The tags as they are changed: the numbers that get and lose the same together. */
export function tagPartsOf(changes: StagedByNumber): TagsPart[] {
  const parts = new Map<string, TagsPart>();
  for (const [number, { tags, hadTags = [] }] of Object.entries(changes)) {
    if (tags === undefined) continue;
    const remove = hadTags.filter((tag) => !has(tags, tag));
    const add = tags.filter((tag) => !has(hadTags, tag));
    const key = JSON.stringify([add, remove]);
    const part = parts.get(key) ?? { numbers: [], add, remove };
    part.numbers.push(number);
    parts.set(key, part);
  }
  return [...parts.values()];
}

/** The tags that stand in a text with commas between them, each once. */
export function tagsOf(text: string): string[] {
  const tags = text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
  return tags.filter((tag, at) => !has(tags.slice(0, at), tag));
}

/** Why tags cannot be kept, as a sentence; null where they can. */
export function tagsProblem(tags: readonly string[]): string | null {
  if (tags.length > 20) return 'A number gets at most 20 tags here.';
  return tags.map((tag) => tagProblem(tag)).find((problem) => problem !== null) ?? null;
}

/** True for the same tags in whatever order and case. */
export function sameTags(one: readonly string[], other: readonly string[]): boolean {
  const fold = (tags: readonly string[]) => tags.map((tag) => tag.toLowerCase());
  return one.length === other.length && without(fold(one), fold(other)).length === 0;
}

function has(tags: readonly string[], wanted: string): boolean {
  return tags.some((tag) => tag.toLowerCase() === wanted.toLowerCase());
}
