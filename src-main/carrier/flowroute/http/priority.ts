/**
 * Whose turn it is: what is `urgent` goes before all others. What runs in the `background` goes only when nobody else waits, and
 * takes a little less than half of the rate that is known, so that a request of a person waits for one request at most.
 */
export type Priority = 'urgent' | 'usual' | 'background';
