import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../src-renderer/styles/tokens.css', import.meta.url), 'utf8');
/** Each colour of the two themes: name, light, dark. */
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, [light, dark] as const],
  ),
);

const plain = ['bg', 'surface', 'raised', 'hover', 'accent-soft', 'selected'];
/** Words on grounds, as they are used: 4.5 to 1 (WCAG AA). */
const words: Readonly<Record<string, readonly string[]>> = {
  text: [...plain, 'mark', 'danger-soft', 'warning-soft', 'live-soft'],
  muted: plain,
  accent: plain,
  danger: [...plain, 'danger-soft'],
  warning: [...plain, 'warning-soft'],
  live: [...plain, 'live-soft'],
  'accent-text': ['accent'],
  'danger-text': ['danger'],
  // What is said for a moment is the other way round.
  bg: ['text'],
};
/** Edges of what is typed into and of boxes, and the ring of the focus: 3 to 1. */
const edges: Readonly<Record<string, readonly string[]>> = {
  'border-strong': ['bg', 'surface', 'raised'],
  accent: ['bg', 'surface', 'raised', 'hover'],
};
/** Bars that show a share: what fills them, and the line round them. They have no words on them: 3 to 1 (WCAG, graphics). */
const graphics: Readonly<Record<string, readonly string[]>> = {
  track: ['bg', 'surface', 'raised', 'hover', 'selected'],
  accent: ['bg', 'surface', 'raised', 'hover', 'selected'],
};
/** Lines that only part things, and shades that words tell as well. */
const decoration = ['border', 'border-button'];

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = parts;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: 0 | 1): number {
  const of = (name: string) => luminance(colours.get(name)?.[theme] ?? '');
  const [a, b] = [of(one) + 0.05, of(other) + 0.05];
  return Math.max(a, b) / Math.min(a, b);
}

function tooClose(pairs: Readonly<Record<string, readonly string[]>>, least: number): string[] {
  const all = Object.entries(pairs).flatMap(([one, others]) => others.map((other) => [one, other] as const));
  return all.flatMap(([one, other]) =>
    ([0, 1] as const)
      .filter((theme) => !(contrast(one, other, theme) >= least))
      .map(
        (theme) =>
          `${one} on ${other}, ${theme ? 'dark' : 'light'}: ${contrast(one, other, theme).toFixed(2)}`,
      ),
  );
}

test('every word can be read on every ground it stands on', () => {
  expect(tooClose(words, 4.5)).toEqual([]);
});

test('edges and the focus can be seen', () => {
  expect(tooClose(edges, 3)).toEqual([]);
});

test('bars can be seen on every ground', () => {
  expect(tooClose(graphics, 3)).toEqual([]);
});

test('what is selected is told from what is under the pointer', () => {
  expect(tooClose({ selected: ['hover', 'bg'] }, 1.3)).toEqual([]);
});

test('every colour of the themes is in a pair, or only parts things', () => {
  const paired = new Set(
    [words, edges, graphics]
      .flatMap((pairs) => Object.entries(pairs))
      .flatMap(([one, others]) => [one, ...others]),
  );
  expect([...colours.keys()].filter((name) => !paired.has(name) && !decoration.includes(name))).toEqual([]);
  expect(colours.size).toBeGreaterThan(15);
});

/** Colours of the system that are made for each other: words, and the ground under them. */
const systemPairs: Readonly<Record<string, readonly string[]>> = {
  Canvas: ['CanvasText', 'LinkText'],
  Highlight: ['HighlightText'],
  HighlightText: ['Highlight'],
  CanvasText: ['Canvas'],
  LinkText: ['Canvas'],
};

test.each([
  ['of the window', 'tokens.css'],
  ['of what is chosen', 'base.css'],
])('in high contrast the words %s are of one pair with their ground', (_, file) => {
  const text = readFileSync(new URL(`../../src-renderer/styles/${file}`, import.meta.url), 'utf8');
  const system = new Map(
    [...text.matchAll(/--([\w-]+): (\w+);/g)]
      .map(([, name = '', colour = '']) => [name, colour] as const)
      .filter(([, colour]) => /^[A-Z]/.test(colour)),
  );
  expect(system.size).toBeGreaterThan(10);
  // A ground that is not told again is none of those that stand there.
  const wrong = Object.entries(words).flatMap(([one, grounds]) =>
    grounds
      .filter((ground) => ground !== 'mark' && system.has(one) && system.has(ground))
      .filter((ground) => !systemPairs[system.get(ground) ?? '']?.includes(system.get(one) ?? ''))
      .map((ground) => `${one} on ${ground}`),
  );
  expect(wrong).toEqual([]);
});
