import { countOf } from '../contract/words.ts';

/** From here on a difference is told: less can come from an answer that was long on its way. */
const wrongMs = 90_000;
/** A clock that was set is right again within this. */
const rightMs = 30_000;

/** `skewMs`: how many milliseconds this computer's clock is ahead of the carrier's. */
export function isWrongClock(skewMs: number): boolean {
  return Math.abs(skewMs) >= wrongMs;
}

/** "3 minutes ahead", "2 hours behind". */
export function sayClock(skewMs: number): string {
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const said = minutes < 120 ? countOf(minutes, 'minute') : countOf(Math.round(minutes / 60), 'hour');
  return `${said} ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

/** Watches the time that good answers tell: the carrier still accepts this clock, and may not for long. Told once until it is right. */
export class ClockWatch {
  #tell: (text: string) => void;
  #before = 0;
  #told = false;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  saw(skewMs: number): void {
    const agrees = Math.abs(skewMs - this.#before) < rightMs;
    this.#before = skewMs;
    if (Math.abs(skewMs) < rightMs) this.#told = false;
    // Two answers that agree: one alone may have been kept by something in between.
    if (this.#told || !agrees || !isWrongClock(skewMs)) return;
    this.#told = true;
    this.#tell(
      `This computer's clock is ${sayClock(skewMs)} of the carrier's. Requests are still accepted; set the clock to update by itself before they are not.`,
    );
  }
}
