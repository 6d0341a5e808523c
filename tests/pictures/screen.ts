import type { Page } from '@playwright/test';
import type { Rig, StateName, WindowKind } from './stage.ts';

/** Something a person meets: a screen, a dialog, a panel, a menu. A new one costs one entry in the tables of `screens.ts`. */
export type Screen = {
  /** Also the name of its folder. */
  readonly name: string;
  readonly states: readonly StateName[];
  /** A window that has one size only. */
  readonly size?: { readonly width: number; readonly height: number };
  /** The names of the sizes it is looked at in, where it is not there in all of them. */
  readonly sizes?: readonly string[];
  /** Whose window: the account's on the browser host, unless it is another one. */
  readonly who?: WindowKind;
  /**
   * `zoomed`: at 200 %, so that a window has half of its pixels each way; `forced-colors`: with the system's high-contrast colours;
   * `printed`: on paper.
   */
  readonly look?: 'zoomed' | 'forced-colors' | 'printed';
  /** Brings it on screen, from a window that was just opened. Rejects when it does not come. */
  open(page: Page, rig: Rig): Promise<void>;
  /** Puts back what it changed that outlasts the window, such as a setting. */
  after?(rig: Rig): Promise<void>;
};
