import { Failure, type Refusal } from '../../../contract/errors.ts';

/**
 * Why a purchase was refused. v2 documents neither code nor words for it: money is known by its words, and a number that somebody
 * else bought by its having left the stock (`inStock` null where that could not be asked).
 */
export function refusalOf(refused: Failure, inStock: boolean | null): Refusal {
  if (speaksOfMoney(refused)) return 'funds';
  if (inStock === false) return 'unavailable';
  return inStock === null && /not available for purchase/i.test(refused.error.message)
    ? 'unavailable'
    : 'other';
}

export function speaksOfMoney({ error }: Failure): boolean {
  return /insufficient|funds?\b|balance|credit|payment|suspend/i.test(error.message);
}

/** The refusal with its reason. One that is about this number alone says nothing of the account. */
export function refusedPurchase(refused: Failure, refusal: Refusal): Failure {
  const { code } = refused;
  const aboutNumber = refusal === 'unavailable' && (code === 'forbidden' || code === 'not-found');
  return new Failure(
    { ...refused.error, refusal, ...(aboutNumber ? { code: 'rejected' } : {}) },
    { cause: refused },
  );
}
