import type { Client } from '#main/contract/client.ts';
import type { Result } from '#main/contract/errors.ts';
import type { ImportFile } from '#main/contract/importing.ts';
import { planPhases } from '#main/contract/plan-query.ts';
import type { PlanItem, PlanSummary, PlanView } from '#main/contract/routing.ts';
import type { PlanItemStatus } from '#main/contract/plan-statuses.ts';
import { agree } from '#main/contract/words.ts';
import { pagesAfter, type Pages } from '../../lib/export.ts';
import { formatCount, numbersOf } from '../../lib/format.ts';

export { planPhases };
export const itemWords: Readonly<Record<PlanItemStatus, string>> = {
  right: 'right already',
  planned: 'waiting',
  sending: 'on its way',
  unknown: 'to look up',
  done: 'changed',
  same: 'so already',
  changed: 'left alone',
  failed: 'failed',
  left: 'not changed',
};

const usedAs = { number: 'number', primary: 'primary route', failover: 'failover route' } as const;

/** "DID is the number, Route the primary route; ignored: Customer, Note". */
export function columnsSaid({ columns }: ImportFile): string {
  const named = columns.map((column, place) => ({ ...column, title: column.title || `column ${place + 1}` }));
  const used = named.flatMap(({ title, use }) => (use === null ? [] : [`${title} is the ${usedAs[use]}`]));
  const ignored = named.filter(({ use }) => use === null).map(({ title }) => title);
  const most = 8;
  const shown = ignored.slice(0, most).join(', ');
  const more = ignored.length > most ? ` and ${formatCount(ignored.length - most)} more` : '';
  return used.join(', ') + (ignored.length > 0 ? `; ignored: ${shown}${more}` : '');
}

/** The numbers of a plan page by page, those of one status or all of them. */
export function itemPagesOf(client: Client, id: number, status: PlanItemStatus | null): Pages<PlanItem> {
  return pagesAfter<PlanItem>(async (last, limit) => {
    const page = { id, status, ...(last && { after: last.number }), offset: 0, limit };
    const result = await client.call('plans.items', page);
    return result.ok ? { ok: true, value: result.value.items } : result;
  });
}

/** Numbers of a plan that need nothing more. */
export function settledOf({ counts }: PlanSummary): number {
  return counts.done + counts.same + counts.changed + counts.failed + counts.left;
}

/** Why a draft changes nothing, and what can be done. */
export function nothingToChange({
  alreadyRight,
  problems,
}: Pick<PlanView, 'alreadyRight' | 'problems'>): string {
  if (alreadyRight + problems === 0)
    return 'There is nothing to change. Discard this change, or plan another one.';
  const right = `${numbersOf(alreadyRight)} ${agree(alreadyRight, 'has', 'have')} these routes already`;
  const left = `${formatCount(problems)} ${agree(problems, 'is', 'are')} left out`;
  if (problems === 0)
    return `There is nothing to change: ${right}. Discard this change, or plan other routes.`;
  if (alreadyRight === 0)
    return `There is nothing to change: ${left}. Look why, then discard this change or plan another one.`;
  return `There is nothing to change: ${right}, and ${left}. Look why, then discard this change or plan another one.`;
}

/** "about 2 min left"; '' when that cannot be told. */
export function timeLeft(plan: PlanSummary): string {
  if (plan.phase !== 'running' || plan.perSecond === 0) return '';
  const seconds = (plan.total - settledOf(plan)) / plan.perSecond;
  if (seconds < 1) return '';
  return seconds < 90 ? `about ${Math.ceil(seconds)} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}

/** What a screen reader is told: a step of ten per cent, not every number. */
export function spokenProgress(plan: PlanSummary): string {
  const settled = settledOf(plan);
  if (plan.phase === 'draft') {
    return plan.checking ? 'Comparing with the carrier' : `${numbersOf(plan.total)} to change`;
  }
  if (plan.phase === 'running')
    return `${Math.floor((settled / Math.max(plan.total, 1)) * 10) * 10} percent applied`;
  const { done, failed, changed } = plan.counts;
  return `${planPhases[plan.phase]}: ${formatCount(done)} changed, ${formatCount(failed)} failed, ${formatCount(changed)} left alone`;
}

/**
 * Resolves with the plan once it is `ready`, with what went wrong, or with null once the signal says so. Listens instead
 * of asking again and again.
 */
export function planWhen(
  client: Client,
  id: number,
  ready: (plan: PlanSummary) => boolean,
  signal?: AbortSignal,
): Promise<Result<PlanSummary> | null> {
  return new Promise((resolve) => {
    const end = (result: Result<PlanSummary> | null) => {
      unlisten();
      signal?.removeEventListener('abort', stop);
      resolve(result);
    };
    const stop = () => {
      end(null);
    };
    const look = (plan: PlanSummary) => {
      if (plan.id === id && ready(plan)) end({ ok: true, value: plan });
    };
    const unlisten = client.on('plans', look);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    void client.call('plans.get', { id }).then((result) => {
      if (result.ok) look(result.value);
      else end(result);
    });
  });
}
