import { lieKinds, type LieKind } from './lies.ts';
import { operations, sides, writes, type Operation } from './operations.ts';

export const faultKinds = {
  latency: 'waits N more milliseconds before answering (argument: milliseconds)',
  '401': 'refuses the keys',
  '400': 'refuses in words that no document has',
  '402': 'refuses for want of funds',
  '403': 'refuses the account',
  '404': 'says that it is not there, whatever was asked for',
  '429': 'asks for fewer requests; Retry-After is the argument in seconds, 1 when absent',
  '500': 'fails with an HTML page, nothing done',
  '503': 'fails with an HTML page, nothing done',
  '504': 'fails with an HTML page, nothing done',
  'error-in-200': 'answers with success and an error in the body, nothing done',
  'after-error-in-200': 'does what was asked, then answers with success and an error in the body',
  'after-500': 'does what was asked, then fails with an HTML page',
  truncate: 'sends half of the answer as if it were all',
  'cut-before': 'cuts the connection, nothing done',
  'cut-after': 'does what was asked, then cuts the connection',
  'slow-body': 'sends the answer in pieces, over N milliseconds (argument, 1000 when absent)',
  sold: 'sells the number to somebody else first (purchase only)',
  '207': 'does what was asked, then says that something beside it failed (purchases of v2 only)',
} as const;
/** Those above, and each answer that is not the carrier's: before anything is done, or after it was. */
type FaultKind = keyof typeof faultKinds | LieKind | `after-${LieKind}`;

export type Fault = {
  readonly operation: Operation | '*' | 'reads' | 'writes';
  readonly kind: FaultKind;
  /** 0 to 1. */
  readonly rate: number;
  readonly argument: number | null;
};

/** Reads `operation:kind:rate[:argument]`, such as `purchase:cut-after:0.3`. Throws with a sentence. */
export function parseFault(text: string): Fault {
  const [operation = '', kind = '', rate = '', argument] = text.split(':');
  if (!['*', 'reads', 'writes', ...operations].includes(operation)) {
    throw new Error(`"${text}": the operation must be one of *, reads, writes, ${operations.join(', ')}`);
  }
  if (!Object.hasOwn(faultKinds, kind) && lieOf(kind) === null) {
    const known = [...Object.keys(faultKinds), ...lieKinds].join(', ');
    throw new Error(`"${text}": the kind must be one of ${known}, or one of the latter after "after-"`);
  }
  const share = Number(rate);
  if (rate === '' || !(share >= 0 && share <= 1)) throw new Error(`"${text}": the rate must be 0 to 1`);
  const value = argument === undefined ? null : Number(argument);
  if (value !== null && !(value >= 0)) throw new Error(`"${text}": the argument must be a number`);
  return {
    operation: operation as Fault['operation'],
    kind: kind as FaultKind,
    rate: share,
    argument: value,
  };
}

/** Which answer of somebody else a kind stands for, and whether what was asked for is done first; null for other kinds. */
export function lieOf(kind: string): { lie: LieKind; after: boolean } | null {
  const after = kind.startsWith('after-');
  const lie = lieKinds.find((one) => one === (after ? kind.slice('after-'.length) : kind));
  return lie ? { lie, after } : null;
}

/** The faults that strike one call. Rates of faults that exclude each other share one draw, so that they add up. */
export function strike(faults: readonly Fault[], operation: Operation, random: () => number): Fault[] {
  const struck: Fault[] = [];
  let draw = random();
  let ended = false;
  for (const fault of faults) {
    if (!concerns(fault, operation)) continue;
    if (fault.kind === 'latency' || fault.kind === 'slow-body') {
      if (random() < fault.rate) struck.push(fault);
    } else if (!ended) {
      if (draw < fault.rate) {
        struck.push(fault);
        ended = true;
      }
      draw -= fault.rate;
    }
  }
  return struck;
}

function concerns(fault: Fault, operation: Operation): boolean {
  if ((fault.kind === 'sold' || fault.kind === '207') && operation !== 'purchase') return false;
  if (fault.operation === '*') return true;
  if (fault.operation === 'writes') return writes.has(operation);
  if (fault.operation === 'reads') return !writes.has(operation);
  if (fault.operation === 'setRoutes' && sides.has(operation)) return true;
  return fault.operation === operation;
}
