/**
 * Keeps the focus inside `root`, for `{@attach keepFocus}`. A browser takes it from a control that is disabled, as buttons are
 * while what they sent is on its way; when the control can be used again and nothing else was focused meanwhile, it gets the
 * focus back, so that a form that failed is tried again with one key.
 */
export function keepFocus(root: HTMLElement): () => void {
  let last: HTMLElement | null = null;
  const note = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement) last = target;
  };
  const look = () => {
    const nobody = document.activeElement === null || document.activeElement === document.body;
    if (last?.isConnected && nobody && !last.matches(':disabled')) last.focus();
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { attributes: true, attributeFilter: ['disabled'], subtree: true });
  root.addEventListener('focusin', note);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', note);
  };
}
