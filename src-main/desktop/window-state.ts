import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { copyOf } from '../platform/storage/json-file.ts';
import { unsealJson } from '../platform/storage/sealed-json.ts';

export type Bounds = {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
};
export type WindowState = { readonly bounds: Bounds; readonly maximized: boolean };
type Area = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export const smallest = { width: 900, height: 600 };
const usual: WindowState = { bounds: { width: 1280, height: 800 }, maximized: false };
const pixel = z.int().min(-100_000).max(100_000);
const windowStateSchema = z.object({
  bounds: z.object({ x: pixel.optional(), y: pixel.optional(), width: pixel, height: pixel }),
  maximized: z.boolean(),
});

/**
 * Reads the kept state, or its last good copy. It is small and wanted before the first window: read at once. When both are
 * damaged the window has its usual place, and nobody is told of it: nothing of value is lost.
 */
export function readWindowState(file: string): WindowState {
  const kept = read(file) ?? read(copyOf(file));
  if (!kept) return usual;
  const { x, y, width, height } = kept.bounds;
  const place = x === undefined || y === undefined ? {} : { x, y };
  return { bounds: { ...place, width, height }, maximized: kept.maximized };
}

function read(file: string): z.infer<typeof windowStateSchema> | null {
  try {
    const state = unsealJson(readFileSync(file), windowStateSchema);
    return state.state === 'ready' ? state.value : null;
  } catch {
    return null;
  }
}

type PlacedWindow = {
  setBounds(bounds: Required<Bounds>): void;
  getBounds(): Required<Bounds>;
};

/**
 * Puts a window somewhere. Where displays have different scales, Windows and macOS count the size by the scale of the display
 * that the window leaves, so what came out is looked at, and set once more from where the window is then.
 */
export function placeWindow(window: PlacedWindow, bounds: Required<Bounds>): void {
  window.setBounds(bounds);
  const { x, y, width, height } = window.getBounds();
  const same = x === bounds.x && y === bounds.y && width === bounds.width && height === bounds.height;
  if (!same) window.setBounds(bounds);
}

/**
 * Bounds that can be seen: on the display they are mostly on, never larger than its work area, at least the smallest size where
 * that fits, and no place at all when they are off every display. The first display is taken for one without a place.
 */
export function visibleBounds(bounds: Bounds, displays: readonly Area[]): Bounds {
  const wanted = {
    width: Math.max(smallest.width, bounds.width),
    height: Math.max(smallest.height, bounds.height),
  };
  const { x, y } = bounds;
  const on = x === undefined || y === undefined ? null : displayOf({ ...wanted, x, y }, displays);
  const area = on ?? displays[0];
  const width = Math.min(wanted.width, area?.width ?? wanted.width);
  const height = Math.min(wanted.height, area?.height ?? wanted.height);
  if (!on || x === undefined || y === undefined) return { width, height };
  // What was made smaller begins where all of it can be seen.
  const place = (at: number, size: number, asked: number, from: number, room: number) =>
    size < asked ? Math.min(Math.max(at, from), from + room - size) : at;
  return {
    x: place(x, width, wanted.width, on.x, on.width),
    y: place(y, height, wanted.height, on.y, on.height),
    width,
    height,
  };
}

/** The display that shows the most of it, among those that show enough of its head to take hold of. */
function displayOf(window: Area, displays: readonly Area[]): Area | null {
  const grip = 100;
  const { x, y, width, height } = window;
  const shown = (area: Area) =>
    Math.max(0, Math.min(x + width, area.x + area.width) - Math.max(x, area.x)) *
    Math.max(0, Math.min(y + height, area.y + area.height) - Math.max(y, area.y));
  const seen = displays.filter(
    (area) =>
      x + width > area.x + grip &&
      x < area.x + area.width - grip &&
      y >= area.y - 20 &&
      y < area.y + area.height - grip,
  );
  return seen.sort((a, b) => shown(b) - shown(a))[0] ?? null;
}
