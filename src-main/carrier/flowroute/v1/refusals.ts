import { Failure, type Refusal } from '../../../contract/errors.ts';

/**
 * What a purchase was refused for. v1 documents one refusal ("not available for purchase", JS1-README: sold to somebody else, or
 * never for sale); its other texts are not documented and are known by their words.
 */
export function refusedPurchase(thrown: unknown): unknown {
  if (!(thrown instanceof Failure)) return thrown;
  return new Failure({ ...thrown.error, refusal: refusalOf(thrown.error.message) }, { cause: thrown });
}

function refusalOf(text: string): Refusal {
  if (/insufficient|funds?\b|balance|credit|payment|suspend|disabled/i.test(text)) return 'funds';
  if (/permission|not allowed|limit/i.test(text)) return 'permission';
  return /not available for purchase/i.test(text) ? 'unavailable' : 'other';
}
