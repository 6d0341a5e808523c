import type { Place, ScreenName, Screens } from './screens.svelte.ts';

/** Places to come back to, at most. */
const mostKept = 50;

/** Where somebody is in the window, as a value, and the way there: back and forward as in a browser. */
export class Navigation {
  screen = $state<ScreenName>('numbers');
  #behind: Place[] = [];
  #ahead: Place[] = [];
  #screens: () => Screens;

  /** `screens` gives those of the account that is open. */
  constructor(screens: () => Screens) {
    this.#screens = screens;
  }

  /** The screen and what is open on it. */
  get place(): Place {
    return this.#screens().placeOn(this.screen);
  }

  /** Goes to a place, from which `back` leads here again. */
  go(place: Place): void {
    const { place: left } = this;
    this.#open(place);
    if (samePlace(left, this.place)) return;
    this.#behind = [...this.#behind.slice(1 - mostKept), left];
    this.#ahead = [];
  }

  /** Goes to the place before this one, if there is one. */
  back(): void {
    const place = this.#behind.pop();
    if (!place) return;
    this.#ahead.push(this.place);
    this.#open(place);
  }

  /** Takes a `back` back. */
  forward(): void {
    const place = this.#ahead.pop();
    if (!place) return;
    this.#behind.push(this.place);
    this.#open(place);
  }

  /** Another account was opened: the places of the one before do not exist in it. */
  forget(): void {
    [this.#behind, this.#ahead] = [[], []];
  }

  #open(place: Place): void {
    this.#screens().open(place);
    this.screen = place.screen;
  }
}

function samePlace(a: Place, b: Place): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
