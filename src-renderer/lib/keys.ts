/** How `navigator` names this system. */
export const isMac = (platform: string = navigator.platform): boolean => platform.startsWith('Mac');

type Held = { readonly ctrlKey: boolean; readonly metaKey: boolean };

/**
 * Whether the key that commands go with is held: ⌘ on macOS, Ctrl elsewhere. On macOS Ctrl with K, E or A moves and cuts in a
 * text field, and stays that.
 */
export function commandHeld(event: Held, platform: string = navigator.platform): boolean {
  return isMac(platform) ? event.metaKey : event.ctrlKey;
}

/** Whether a key is held that makes another one no plain letter: neither typed nor a verb of the list. */
export function modifierHeld(event: Held): boolean {
  return [event.ctrlKey, event.metaKey].includes(true);
}
