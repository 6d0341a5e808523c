/** How many things wait for the person, shown where each system shows it. */

export type BadgeOptions<Image> = {
  readonly platform: NodeJS.Platform;
  readonly app: { setBadgeCount(count: number): boolean };
  /** The picture that Windows lays over the button in the task bar. */
  readonly overlay: (count: number) => Image;
};
type BadgeWindow<Image> = { setOverlayIcon(overlay: Image | null, description: string): void };

export class Badge<Image> {
  #options: BadgeOptions<Image>;
  #shown: { readonly window: BadgeWindow<Image> | null; readonly count: number } = { window: null, count: 0 };

  constructor(options: BadgeOptions<Image>) {
    this.#options = options;
  }

  /** Windows knows no count of an app: a picture lies over the button of its window, with a sentence for screen readers. */
  show(window: BadgeWindow<Image> | null, count: number): void {
    if (this.#shown.window === window && this.#shown.count === count) return;
    this.#shown = { window, count };
    const { platform, app, overlay } = this.#options;
    if (platform !== 'win32') app.setBadgeCount(count);
    else if (count === 0) window?.setOverlayIcon(null, '');
    else
      window?.setOverlayIcon(
        overlay(count),
        count === 1 ? '1 thing waits for you' : `${count} things wait for you`,
      );
  }
}
