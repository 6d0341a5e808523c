import type { OffersWindow } from '#main/contract/buying.ts';

/** Why no offer is shown: only a search that went through to its end can say that nothing is for sale. */
export function nothingShown(view: Pick<OffersWindow, 'status'>): string {
  const { phase, loaded, error } = view.status;
  if (error) return `Search failed. ${error.message} ${error.action}`;
  if (phase === 'running') return 'Asking the carrier…';
  if (loaded > 0) return 'Nothing of what was loaded fits the pattern.';
  if (phase === 'stopped') return 'The search was stopped before anything was found.';
  return 'Nothing for sale fits this. Remove a token, or look at all area codes.';
}
