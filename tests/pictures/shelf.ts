import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { faultLines, type Found } from './report.ts';
import type { Screen } from './screen.ts';

export type Picture = {
  readonly screen: string;
  readonly state: string;
  readonly size: string;
  readonly theme: string;
  /** Relative to the folder of all pictures. */
  readonly file: string;
  /** Pixels of the picture for each CSS pixel. */
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
};
/** The pictures of a folder and what is wrong with them. */
export type Shelf = { readonly pictures: readonly Picture[]; readonly found: readonly Found[] };

const listFile = 'pictures.json';

/** What an earlier run left in a folder; null where there is nothing. */
export function readShelf(folder: string): Shelf | null {
  const file = path.join(folder, listFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Shelf) : null;
}

/** A folder after a run: what was looked at in it takes the place of what was seen there before. In the order of the screens. */
export function addedTo(before: Shelf | null, now: Shelf, screens: readonly Pick<Screen, 'name'>[]): Shelf {
  type Seen = Pick<Found, 'screen' | 'state' | 'size' | 'theme'>;
  const keyOf = ({ screen, state, size, theme }: Seen) => [screen, state, size, theme].join(' ');
  const again = new Set([...now.pictures, ...now.found].map(keyOf));
  const kept = <One extends Seen>(ones: readonly One[] = []) =>
    ones.filter((one) => !again.has(keyOf(one)) && screens.some(({ name }) => name === one.screen));
  const placeOf = new Map(screens.map(({ name }, place) => [name, place]));
  const placed = ({ screen }: Seen) => placeOf.get(screen) ?? 0;
  return {
    pictures: [...kept(before?.pictures), ...now.pictures].toSorted((a, b) => placed(a) - placed(b)),
    found: [...kept(before?.found), ...now.found].toSorted((a, b) => placed(a) - placed(b)),
  };
}

/** Writes the list of what is in the folder, and its faults for people. */
export function writeShelf(folder: string, shelf: Shelf): void {
  writeFileSync(path.join(folder, listFile), `${JSON.stringify(shelf, null, 2)}\n`);
  const lines = faultLines(shelf.found);
  writeFileSync(path.join(folder, 'faults.txt'), lines.map((line) => `${line}\n`).join(''));
}
