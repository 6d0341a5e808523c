import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Found } from '../pictures/report.ts';
import { addedTo, readShelf, writeShelf, type Picture } from '../pictures/shelf.ts';

const pictureOf = (screen: string, size: string): Picture => ({
  ...{ screen, state: 'full', size, theme: 'light', file: `${screen}/full-${size}-light.png` },
  ...{ zoom: 1, width: 900, height: 600 },
});
const faultOf = (screen: string, size: string, what: string): Found => ({
  ...{ screen, state: 'full', size, theme: 'light', kind: 'cut', element: 'p', box: null, what },
});
const screens = [{ name: 'numbers' }, { name: 'routes' }];

test('what is looked at again takes the place of what was seen before, faults too, in the order of the screens', () => {
  const before = {
    pictures: [
      pictureOf('numbers', '900x600'),
      pictureOf('numbers', '1280x800'),
      pictureOf('gone', '900x600'),
    ],
    found: [
      faultOf('numbers', '900x600', 'mended'),
      faultOf('numbers', '1280x800', 'still so'),
      faultOf('gone', '900x600', 'of a screen that is no more'),
    ],
  };
  const now = {
    pictures: [pictureOf('routes', '900x600'), pictureOf('numbers', '900x600')],
    found: [faultOf('routes', '900x600', 'new')],
  };
  const { pictures, found } = addedTo(before, now, screens);
  expect(pictures.map(({ file }) => file)).toEqual([
    'numbers/full-1280x800-light.png',
    'numbers/full-900x600-light.png',
    'routes/full-900x600-light.png',
  ]);
  expect(found.map(({ what }) => what)).toEqual(['still so', 'new']);
  expect(addedTo(null, now, screens).found).toEqual(now.found);
});

test('a picture that could not be taken again leaves its fault alone, and not the picture of before', () => {
  const before = { pictures: [pictureOf('numbers', '900x600')], found: [] };
  const now = { pictures: [], found: [faultOf('numbers', '900x600', 'the window crashed')] };
  expect(addedTo(before, now, screens)).toEqual(now);
});

test('what is in a folder is known to the next run, and its faults are written for people', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-shelf-'));
  try {
    expect(readShelf(folder)).toBeNull();
    const shelf = {
      pictures: [pictureOf('numbers', '900x600')],
      found: [faultOf('numbers', '900x600', 'cut')],
    };
    writeShelf(folder, shelf);
    expect(readShelf(folder)).toEqual(shelf);
    expect(readFileSync(path.join(folder, 'faults.txt'), 'utf8')).toBe(
      'cut: p: cut; numbers full 900x600 light\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
