/** What may get the focus in the place of something that is gone. Not a `select`: the next letter would choose in it. */
const focusable = 'input, button, textarea, a[href], summary, [tabindex="0"]';

/**
 * Keeps the focus inside `root`, for `{@attach keepFocus}`. A browser takes it from a control that is disabled, as buttons are
 * while what they sent is on its way; when the control can be used again and nothing else was focused meanwhile, it gets the
 * focus back, so that a form that failed is tried again with one key. Where the control itself is gone, as the row of a table
 * whose button removed it, what stood around it gets the focus; `recover` is called when nothing of that is there any more.
 */
export function keepFocus(root: HTMLElement, recover: () => void = () => undefined): () => void {
  let last: HTMLElement | null = null;
  /** What `last` stands in, from the inside out. */
  let around: readonly HTMLElement[] = [];
  const nobody = () => document.activeElement === null || document.activeElement === document.body;

  const note = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    around = parentsOf(target, root);
  };
  // Somebody clicked beside it: the focus was given up, not lost. What is being removed is so only after this event.
  const give = ({ target }: FocusEvent) => {
    queueMicrotask(() => {
      if (target === last && last?.isConnected && !last.matches(':disabled') && nobody()) last = null;
    });
  };
  const look = () => {
    if (last === null || !nobody()) return;
    if (!last.isConnected) setTimeout(replace);
    else if (!last.matches(':disabled')) last.focus();
  };
  // Whoever removed it may give the focus to something better in the same step.
  const replace = () => {
    if (last === null || last.isConnected || !nobody()) return;
    last = null;
    const next = around.map(firstIn).find((one) => one !== null);
    if (next) return next.focus({ preventScroll: true });
    recover();
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { attributes: true, attributeFilter: ['disabled'], childList: true, subtree: true });
  root.addEventListener('focusin', note);
  root.addEventListener('focusout', give);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', note);
    root.removeEventListener('focusout', give);
  };
}

/** What an element stands in: all of a dialog, and of a screen what is smaller than the screen. */
function parentsOf(element: HTMLElement, root: HTMLElement): HTMLElement[] {
  const parents: HTMLElement[] = [];
  for (let one = element.parentElement; one !== null && one !== root; one = one.parentElement) {
    if (one.tagName === 'MAIN') break;
    parents.push(one);
    if (one.tagName === 'DIALOG') break;
  }
  return parents;
}

/** The element itself, or the first one in it, that can have the focus now; null for none. */
function firstIn(element: HTMLElement): HTMLElement | null {
  if (!element.isConnected) return null;
  const inside = [element, ...element.querySelectorAll<HTMLElement>(focusable)];
  const able = (one: HTMLElement) =>
    one.matches(focusable) && one.tabIndex >= 0 && !one.matches(':disabled') && isShown(one);
  return inside.find(able) ?? null;
}

function isShown(element: HTMLElement): boolean {
  return typeof element.checkVisibility !== 'function' || element.checkVisibility();
}
