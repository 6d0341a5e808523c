const minute = 60_000;
const day = 24 * 60 * minute;

/** How old the routes of an account of at most so many numbers may be before they are read again. */
const goals = [
  { numbers: 1_000, ageMs: 15 * minute },
  { numbers: 20_000, ageMs: day },
  { numbers: 100_000, ageMs: 7 * day },
  { numbers: Number.POSITIVE_INFINITY, ageMs: 30 * day },
] as const;

/** From so many numbers on, single requests are spread over the whole time: as fast as they may go they would go on for hours. */
const mostAtSpeed = 100_000;

/** How old the routes of an account of so many numbers may be, in milliseconds. */
export function goalMs(total: number): number {
  return goals.find(({ numbers }) => total <= numbers)?.ageMs ?? 30 * day;
}

/** Milliseconds from one request for numbers that nobody looks at to the next one; 0 for as soon as the carrier can take it. */
export function betweenMs(total: number, numbersARequest: number): number {
  return numbersARequest > 1 || total <= mostAtSpeed ? 0 : goalMs(total) / total;
}
