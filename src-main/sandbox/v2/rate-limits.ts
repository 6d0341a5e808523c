import type { Answer } from '../answer.ts';
import type { Operation } from '../operations.ts';
import type { World } from '../world.ts';
import { refuse } from './wire.ts';

/** Buckets of requests, one for each class of endpoints. */
export class RateLimits {
  #buckets = new Map<Operation, { left: number; at: number }>();

  /** Null, or the 429 for a class that was asked too often. `now` in milliseconds. */
  refused(operation: Operation, { switches }: World, now: number): Answer | null {
    const { rateLimit, rateLimitBody, rateLimitRetryAfter } = switches;
    const limit = rateLimit[operation] ?? rateLimit['*'];
    if (!limit) return null;
    const { perSecond, burst } = limit;
    const bucket = this.#buckets.get(operation) ?? { left: burst, at: now };
    const left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    this.#buckets.set(operation, { left: left >= 1 ? left - 1 : left, at: now });
    if (left >= 1) return null;
    const headers: Record<string, string> =
      rateLimitRetryAfter === null ? {} : { 'Retry-After': String(rateLimitRetryAfter) };
    if (rateLimitBody === 'empty') return { status: 429, body: '', headers };
    if (rateLimitBody === 'html')
      return { status: 429, body: '<html><body><h1>429</h1></body></html>', headers };
    return { ...refuse(429, 'Rate limit exceeded.', 'Too Many Requests'), headers };
  }
}
