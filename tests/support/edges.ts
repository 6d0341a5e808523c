/**
 * What a member of a message may hold and what it must not. Written down here a second time, apart from the schemas: a limit
 * that is loosened there by mistake is missed here.
 */
export type Kind = {
  /** A value that is taken. */
  readonly right: unknown;
  /** Odd values that are taken too: the ends of what is allowed, and characters that mean something elsewhere. */
  readonly odd: readonly unknown[];
  readonly wrong: readonly unknown[];
  readonly optional?: true;
};

const halves = ['\ud800', 'a\udc00b', '12065550142\udfff'];
const strange = [
  '\u0000',
  '\u0007\u001b[2J\u009f',
  '\r\n\t',
  '\u202e\u200b\ufeff',
  '😀é̂',
  '__proto__',
  '%_\\"\'',
];

const circle: Record<string, unknown> = {};
circle['itself'] = [circle, circle, circle];
/** Each level holds the next ten times: looked at place by place it never ends. */
const wide = Array.from({ length: 40 }).reduce<unknown[]>((inner) => Array<unknown>(10).fill(inner), []);
const deep = Array.from({ length: 5_000 }).reduce<unknown>((inner) => [inner], 'end');

/** What can be sent and has no meaning here; two of each type that a member may have. */
const ofEachType = {
  nothing: [undefined, null],
  boolean: [true, false],
  number: [7, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e308],
  string: ['', 'text', '7', 'null', 'true', '[]'],
  array: [[], [null], [[]], deep, wide],
  object: [{}, { 0: 'a', length: 1 }, circle, { toString: () => 'a' }],
  other: [10n, new Date(0), new Map([['a', 1]]), new Set(['a']), new Uint8Array(3), /x/],
} as const;
type Type = keyof typeof ofEachType;

function typesBut(...taken: Type[]): unknown[] {
  return (Object.keys(ofEachType) as Type[])
    .filter((type) => !taken.includes(type))
    .flatMap((type) => ofEachType[type]);
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number, right = least): Kind {
  const below = [least - 1, ...(least >= 0 ? [-1, -(2 ** 31), -(2 ** 53)] : [])];
  const notWhole = [right + 0.5, NaN, Infinity, -Infinity, 2 ** 53, 1e308];
  const above = most < Number.MAX_SAFE_INTEGER ? [most + 1] : [];
  return { right, odd: [least, most], wrong: [...typesBut('number'), ...below, ...above, ...notWhole] };
}

/** A text of `least` to `most` characters; any may be among them unless `taken` says which odd ones are sent. */
export function text(
  most: number,
  {
    least = 0,
    right = 'x',
    odd = [...strange, 'y'.repeat(most)],
  }: { least?: number; right?: string; odd?: string[] } = {},
): Kind {
  const short = least > 0 ? ['x'.repeat(least - 1)] : [];
  return {
    right,
    odd: least > 0 ? odd : ['', ...odd],
    wrong: [...typesBut('string'), ...short, 'x'.repeat(most + 1), 'x'.repeat(most + 100_000), ...halves],
  };
}

/** A text of which little is known but what is listed: addresses, which would be asked for. */
export function listed(right: string, wrong: readonly string[], odd: readonly string[]): Kind {
  return { right, odd, wrong: [...typesBut('string'), ...halves, ...wrong] };
}

/** A text of one form. */
export function shaped(right: string, wrong: readonly string[], odd: readonly string[] = []): Kind {
  return {
    right,
    odd,
    wrong: [...typesBut('string'), ...strange, ...halves, 'x'.repeat(1_000_000), ...wrong],
  };
}

export const phone = shaped(
  '12065559999',
  [
    '',
    '+12065550142',
    '1206555014２',
    '120655501420',
    ' 12065550142',
    '12065550142\n',
    '-2065550142',
    '00000000000',
    '234567',
    '1206555014',
    '2345678901234567',
  ],
  ['2065550142', '99999999999', '2345678', '442079460958', '999999999999999'],
);

export const flag: Kind = { right: false, odd: [true], wrong: typesBut('boolean') };

export function choice(...values: readonly [string, ...string[]]): Kind {
  const [right] = values;
  const near = [
    ` ${right}`,
    `${right}\u0000`,
    right.toUpperCase(),
    'toString',
    'constructor',
    '__proto__',
    '',
  ];
  return {
    right,
    odd: values,
    wrong: [...typesBut('string'), ...halves, ...near.filter((one) => !values.includes(one))],
  };
}

export function list(of: Kind, least: number, most: number): Kind {
  const bad = of.wrong.map((one) => [of.right, one]);
  return {
    right: [of.right],
    odd: [Array<unknown>(most).fill(of.right), ...(least === 0 ? [[]] : []), ...of.odd.map((one) => [one])],
    wrong: [
      ...typesBut('array'),
      ...(least > 0 ? [[]] : []),
      [[of.right]],
      new Array(2),
      Array<unknown>(most + 1).fill(of.right),
      ...bad,
    ],
  };
}

export function orNull(of: Kind): Kind {
  return { ...of, odd: [null, ...of.odd], wrong: of.wrong.filter((one) => one !== null) };
}

/** A member that may be left out. */
export function maybe(of: Kind): Kind {
  return { ...of, optional: true, wrong: of.wrong.filter((one) => one !== undefined) };
}

/** An object of these members and no others; each wrong value has one thing wrong with it. */
export function members(shape: Readonly<Record<string, Kind>>): Kind {
  const kinds = Object.entries(shape);
  const right = Object.fromEntries(kinds.map(([name, kind]) => [name, kind.right]));
  const without = (name: string) => Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));
  const extra = (name: string, value: unknown) => {
    const more = { ...right };
    Object.defineProperty(more, name, { value, enumerable: true });
    return more;
  };
  const odd = kinds.flatMap(([name, kind]) => kind.odd.map((value) => ({ ...right, [name]: value })));
  // A date is an object without members, as what needs none may be.
  const needsSome = kinds.some(([, kind]) => !kind.optional);
  return {
    right,
    odd: [...odd, ...kinds.filter(([, kind]) => kind.optional).map(([name]) => without(name))],
    wrong: [
      ...(needsSome ? typesBut('object') : typesBut('object', 'other')),
      ...kinds.flatMap(([name, kind]) => kind.wrong.map((value) => ({ ...right, [name]: value }))),
      ...kinds.filter(([, kind]) => !kind.optional).map(([name]) => without(name)),
      ...['extra', '__proto__', 'constructor', '\u0000', '\ud800', 'z'.repeat(100_000)].map((name) =>
        extra(name, 1),
      ),
      ...[circle, wide, deep, undefined].map((value) => extra('extra', value)),
    ],
  };
}

/** One of several objects, told apart by their `kind`. */
export function either(...kinds: readonly [Kind, ...Kind[]]): Kind {
  const [first] = kinds;
  return {
    right: first.right,
    odd: kinds.flatMap(({ right, odd }) => [right, ...odd]),
    wrong: [{ ...(first.right as object), kind: 'other' }, ...kinds.flatMap(({ wrong }) => wrong)],
  };
}

/** A word that tells the objects of `either` apart: only their union can be wrong about it. */
export function exactly(word: string): Kind {
  return { right: word, odd: [], wrong: typesBut('string') };
}

/** A value in so many letters, for a message of a test. */
export function describeValue(value: unknown): string {
  const seen = new Set<unknown>();
  const plain = (_: string, one: unknown): unknown => {
    if (typeof one === 'bigint') return `${one}n`;
    if (typeof one === 'number' && !Number.isFinite(one)) return String(one);
    if (typeof one === 'string' && one.length > 60) return `${one.slice(0, 20)}… (${one.length} letters)`;
    if (Array.isArray(one) && one.length > 20) return `${one.length} of ${describeValue(one[0])}`;
    if (typeof one !== 'object' || one === null) return one;
    if (seen.has(one)) return 'again';
    seen.add(one);
    if (Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).map(([name, of]) => [name.slice(0, 40), of as unknown]));
  };
  try {
    return (JSON.stringify(value, plain) ?? String(value)).slice(0, 300);
  } catch {
    return typeof value;
  }
}
