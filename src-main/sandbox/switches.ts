/**
 * What the carrier's second version leaves open, or does on a bad day: one switch for each, with what is usual first.
 * They are set at the start, by `--switch name=value`, or while it runs through the control channel.
 */
import { operations, type Operation } from './operations.ts';

/** How a value is read: from a text of the command line or from JSON. Throws with what it may be. */
type Reader<T> = { readonly usual: T; readonly may: string; read(value: unknown): T };

function oneOf<const T extends string>(usual: T, ...others: T[]): Reader<T> {
  const all = [usual, ...others];
  return {
    usual,
    may: all.join(' | '),
    read: (value) => pick(all, value) ?? fail(all.join(', ')),
  };
}

const pick = <T extends string>(all: readonly T[], value: unknown): T | undefined =>
  all.find((one) => one === String(value));

const flag: Reader<boolean> = {
  usual: false,
  may: 'off | on',
  read: (value) =>
    value === true || value === 'on' ? true : value === false || value === 'off' ? false : fail('on or off'),
};

const onUnlessSaid: Reader<boolean> = { ...flag, usual: true, may: 'on | off' };

function whole(usual: number, unit: string): Reader<number> {
  return {
    usual,
    may: `${usual} (${unit})`,
    read: (value) => (/^\d{1,15}$/.test(String(value)) ? Number(value) : fail(`a whole number (${unit})`)),
  };
}

/** A whole number, or null for "none". */
function wholeOrNone(unit: string): Reader<number | null> {
  return {
    usual: null,
    may: `none | N (${unit})`,
    read: (value) => (value === null || value === 'none' ? null : whole(0, unit).read(value)),
  };
}

function share(usual: number): Reader<number> {
  return {
    usual,
    may: `${usual} (0 to 1)`,
    read(value) {
      const number = typeof value === 'string' && value !== '' ? Number(value) : value;
      return typeof number === 'number' && number >= 0 && number <= 1 ? number : fail('0 to 1');
    },
  };
}

const anyText: Reader<string> = {
  usual: 'Insufficient funds.',
  may: 'a text',
  read: (value) => (typeof value === 'string' ? value : fail('a text')),
};

type RateLimit = { readonly perSecond: number; readonly burst: number };
/** By class of endpoints; `*` for those that are not named. */
type RateLimits = Readonly<Partial<Record<Operation | '*', RateLimit>>>;

const rateLimit: Reader<RateLimits> = {
  usual: {},
  may: 'off | REQUESTS-A-SECOND[:BURST] | OPERATION=REQUESTS-A-SECOND[:BURST][,…]',
  read(value) {
    if (value === 'off' || value === null) return {};
    if (typeof value === 'object') {
      const named = 'perSecond' in value ? { '*': value } : value;
      return Object.fromEntries(Object.entries(named).map(([name, one]) => oneLimit(name, one)));
    }
    return Object.fromEntries(
      String(value)
        .split(',')
        .map((part) => {
          const [rate = '', name = '*'] = part.split('=').reverse();
          const [perSecond, burst] = rate.split(':');
          return oneLimit(name, { perSecond, burst });
        }),
    );
  },
};

function oneLimit(name: string, value: unknown): [Operation | '*', RateLimit] {
  const operation = name === '*' ? '*' : pick(operations, name);
  const given = (typeof value === 'object' ? value : {}) as { perSecond?: unknown; burst?: unknown };
  const perSecond = Number(given.perSecond);
  const burst = given.burst === undefined ? Math.max(1, Math.ceil(perSecond)) : Number(given.burst);
  if (operation && perSecond > 0 && burst >= 1) return [operation, { perSecond, burst }];
  return fail('off, or requests a second and a burst, as 5:10 or details=5:10,purchase=1');
}

type ListShift = { readonly what: 'insert' | 'remove'; readonly every: number };

const listShift: Reader<ListShift | null> = {
  usual: null,
  may: 'off | insert:K | remove:K (on every K-th page)',
  read(value) {
    if (value === 'off' || value === null) return null;
    const [what, every] =
      typeof value === 'object'
        ? [(value as { what?: unknown }).what, (value as { every?: unknown }).every]
        : String(value).split(':');
    if ((what === 'insert' || what === 'remove') && Number(every) >= 1) return { what, every: Number(every) };
    return fail('off, insert:K or remove:K');
  },
};

const outages = ['500', '503', 'html502', 'hang'] as const;
export type Outage = {
  readonly kind: (typeof outages)[number];
  /** For so many requests, or so many seconds. */
  readonly requests?: number;
  readonly seconds?: number;
};

const outage: Reader<Outage | null> = {
  usual: null,
  may: 'off | 500:N | 503:N | html502:N | hang:N (for N requests; Ns for N seconds)',
  read(value) {
    if (value === 'off' || value === null) return null;
    if (typeof value === 'object') {
      const { kind, requests, seconds } = value as Record<string, unknown>;
      const known = pick(outages, kind);
      if (known && Number(requests) >= 1) return { kind: known, requests: Number(requests) };
      if (known && Number(seconds) > 0) return { kind: known, seconds: Number(seconds) };
    }
    const match = /^(\w+):(\d+)(s?)$/.exec(String(value));
    const kind = pick(outages, match?.[1]);
    if (!match || !kind) return fail('off, or a kind and for how long, as 503:20 or html502:5s');
    return match[3] ? { kind, seconds: Number(match[2]) } : { kind, requests: Number(match[2]) };
  },
};

export type LostAnswer = {
  readonly operation: Operation;
  readonly when: 'before' | 'after';
  readonly rate: number;
};

const lostAnswer: Reader<readonly LostAnswer[]> = {
  usual: [],
  may: 'off | OPERATION:before|after[:RATE][,…]',
  read(value) {
    if (value === 'off' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((one) => lostAnswer.read(one));
    return String(value)
      .split(',')
      .map((one) => {
        const [name, when, rate = '1'] = one.split(':');
        const operation = pick(operations, name);
        if (!operation || (when !== 'before' && when !== 'after'))
          return fail('operation:before or operation:after');
        return { operation, when, rate: share(1).read(rate) };
      });
  },
};

function fail(may: string): never {
  throw new Error(`must be ${may}`);
}

const readers = {
  /** `POST /numbers/details`, and how it answers when it is there. */
  manyDetails: oneOf('absent-path404', 'absent-resource404', 'on'),
  manyDetailsMax: whole(100, 'numbers a call'),
  manyDetailsNames: oneOf('v2', 'v2.1'),
  manyDetailsIncluded: flag,
  manyDetailsSkipUnknown: onUnlessSaid,
  /** For each class of endpoints alone. */
  rateLimit,
  rateLimitBody: oneOf('standard', 'empty', 'html'),
  rateLimitRetryAfter: wholeOrNone('seconds'),
  overLimit: oneOf('clamp', 'whole', '422'),
  emptyList: oneOf('array', '404'),
  nulls: share(0.05),
  numberType: oneOf('longcode', 'standard'),
  listShift,
  rowsWithRelationships: flag,
  /** What purchases and E911 fees may still cost. */
  balanceCents: wholeOrNone('US cents'),
  insufficientFundsCode: oneOf('403', '402', '422', '400'),
  insufficientFundsDetail: anyText,
  taken: oneOf('422', '404'),
  takenShare: share(0),
  duplicateRoute: oneOf('403', '422'),
  primaryAfterClear: oneOf('null', '0'),
  e911DeleteInUse: oneOf('403', '422'),
  cnamNotApproved: oneOf('403', '422'),
  e911NumbersId: oneOf('number', 'internal'),
  messageProvisionDown: flag,
  lostAnswer,
  purchaseVisibleAfter: whole(0, 'milliseconds'),
  outage,
  /** A version of the API that is not there (any more). */
  v1Gone: oneOf('off', '404', '410'),
  v2Gone: flag,
  /** Links with the mistakes that were seen in the carrier's own samples. */
  oddLinks: flag,
  cnamApprovalMs: whole(172_800_000, 'milliseconds'),
  cnamVisibleAfter: whole(0, 'milliseconds'),
  cdrTakesMs: whole(2000, 'milliseconds'),
};

export type Switches = { readonly [K in keyof typeof readers]: (typeof readers)[K]['usual'] };
/** As they are given: texts of a command line, or JSON. */
export type SwitchesGiven = Readonly<Record<string, unknown>>;

export const usualSwitches = Object.fromEntries(
  Object.entries(readers).map(([name, { usual }]) => [name, usual]),
) as Switches;

/** `now` with what is given in its place. Throws with a sentence about the first that cannot be. */
export function readSwitches(given: SwitchesGiven, now: Switches = usualSwitches): Switches {
  const read: Record<string, unknown> = { ...now };
  for (const [name, value] of Object.entries(given)) {
    const reader = Object.hasOwn(readers, name) ? readers[name as keyof typeof readers] : undefined;
    if (!reader)
      throw new Error(`"${name}": there is no such switch; they are ${Object.keys(readers).join(', ')}`);
    try {
      read[name] = reader.read(value);
    } catch (thrown) {
      throw new Error(
        `the switch ${name} ${thrown instanceof Error ? thrown.message : 'was not understood'}`,
        {
          cause: thrown,
        },
      );
    }
  }
  return read as Switches;
}

/** One line a switch, for `--help`. */
export const switchLines: readonly string[] = Object.entries(readers).map(
  ([name, { may }]) => `  ${name.padEnd(24)}${may}`,
);
