/** Messages to the contract by a seed: as it wants them, nearly so, and as nobody should send them. */
import type { z } from 'zod';
import { methods, type MethodName } from '../../src-main/contract/contract.ts';

const methodNames = Object.keys(methods) as MethodName[];

export type Message = { readonly method: unknown; readonly input: unknown };
type Def = {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  options?: z.ZodType[];
  values?: unknown[];
  entries?: Record<string, string>;
  keyType?: z.ZodType;
  valueType?: z.ZodType;
};

/** Numbers from 0 up to 1, always the same for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Methods whose work takes long, or ends what is tried: the share of them that is sent when it would be done. */
const rarely: Partial<Record<MethodName, number>> = {
  'app.deleteEverything': 0.003,
  'accounts.signIn': 0.02,
  'accounts.tryDemo': 0.003,
  'accounts.switch': 0.03,
  'accounts.signOut': 0.005,
  'accounts.rename': 0.1,
  'accounts.replaceKeys': 0.05,
  'accounts.move': 0.05,
  'accounts.join': 0.05,
  'backup.make': 0.02,
  'restore.preview': 0.02,
  'restore.apply': 0.05,
  'find.start': 0.2,
  'find.areaCodes': 0.2,
  'find.exchanges': 0.2,
  'cart.check': 0.05,
  'orders.review': 0.1,
  'orders.buy': 0.5,
  'settings.set': 0.1,
  'sync.start': 0.2,
  'routes.refresh': 0.2,
  'app.diagnostics': 0.3,
};

const hostileTexts = [
  ...[
    '',
    ' ',
    '\u0000',
    '\ufeff',
    '\ud800',
    'é̂',
    '\u202e',
    '😀',
    '__proto__',
    'constructor',
    "'; DROP TABLE number; --",
  ],
  ...[
    '%',
    '_',
    '\\',
    '../../etc/passwd',
    '<script>alert(1)</script>',
    '=1+1',
    '${7*7}',
    'null',
    'NaN',
    '1e309',
    '१२३',
  ],
  'x'.repeat(1_001),
  'y'.repeat(20_000),
];
const deep: unknown = Array.from({ length: 200 }).reduce((inner) => [inner], {});
const hostileValues: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1, -0, 1.5, NaN, Infinity, 2 ** 53, -(2 ** 63), 10n],
  ...[[], {}, [[]], new Date(0), new Map([['a', 1]]), /x/, Symbol.iterator, () => 1, deep],
  ...[
    JSON.parse('{"__proto__":{"polluted":1}}') as unknown,
    { constructor: { prototype: 1 } },
    { length: 1e9 },
  ],
  ...[
    new Array(50).fill('12065550101'),
    { toString: () => 'app.info' },
    new Uint8Array(9),
    Object.create(null),
  ],
  ...hostileTexts,
];

export class Messages {
  readonly #random: () => number;
  /** Texts and numbers that mean something to this application: right ones are chosen among them. */
  #texts: string[];
  #integers = [0, 1, 2, 3, 5, 7, 10, 50, 200, 499, 500, 1_000, 10_000, 100_000, 536_870_912];
  #usable = new Map<z.ZodType, string[]>();
  #mostTexts = 400;

  readonly #secrets: readonly string[];

  /** `secrets` are typed where keys are typed and nowhere else: what a person writes as a tag is theirs to see again. */
  constructor(seed: number, texts: readonly string[], secrets: readonly string[]) {
    this.#random = randomOf(seed);
    this.#texts = [...texts, ...hostileTexts];
    this.#secrets = secrets;
  }

  /** Learns ids and tokens out of an answer, so that later messages are about things that exist. */
  learn(value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const name of ['id', 'token', 'snapshot', 'number'] as const) {
      const found = (value as Record<string, unknown>)[name];
      if (typeof found === 'number' && this.#integers.length < 60) this.#integers.push(found);
      if (typeof found !== 'string' || this.#texts.includes(found) || this.#texts.length > this.#mostTexts)
        continue;
      this.#texts.push(found);
      this.#usable.clear();
    }
  }

  next(): Message {
    const roll = this.#random();
    if (roll < 0.03) return { method: this.#one(hostileValues), input: this.#one(hostileValues) };
    const method = this.#one(methodNames);
    const input = this.#inputOf(method, roll);
    const share = rarely[method];
    const tooOften =
      share !== undefined && methods[method].input.safeParse(input).success && this.#random() >= share;
    return { method, input: tooOften ? null : input };
  }

  #inputOf(method: MethodName, roll: number): unknown {
    if (roll < 0.55) return this.#hostile(0);
    const right = this.#right(methods[method].input);
    return roll > 0.86 ? right : this.#spoiled(right);
  }

  /** A value that the schema takes, most of the time. */
  #right(schema: z.ZodType): unknown {
    const def = schema.def as unknown as Def;
    switch (def.type) {
      case 'object':
        return Object.fromEntries(
          Object.entries(def.shape ?? {})
            .map(
              ([name, inner]) =>
                [name, name === 'secretKey' ? this.#one(this.#secrets) : this.#right(inner)] as const,
            )
            .filter(([, value]) => value !== undefined),
        );
      case 'array': {
        const length = this.#random() < 0.02 ? 500 : Math.floor(this.#random() * 4);
        return Array.from({ length }, () => this.#right(def.element as z.ZodType));
      }
      case 'record': {
        const names = Array.from({ length: Math.floor(this.#random() * 4) }, () =>
          this.#right(def.keyType as z.ZodType),
        );
        return Object.fromEntries(
          names.map((name) => [name, this.#right(def.valueType as z.ZodType)] as const),
        );
      }
      case 'optional':
        return this.#random() < 0.5 ? undefined : this.#right(def.innerType as z.ZodType);
      case 'nullable':
        return this.#random() < 0.3 ? null : this.#right(def.innerType as z.ZodType);
      case 'union':
        return this.#right(this.#one(def.options ?? []));
      case 'enum':
        return this.#one(Object.values(def.entries ?? {}));
      case 'literal':
        return this.#one(def.values ?? []);
      case 'boolean':
        return this.#random() < 0.5;
      case 'number':
        return this.#one(this.#integers);
      case 'string':
        return this.#text(schema);
      default:
        throw new Error(`no messages are made for ${def.type}: teach this file the new kind of schema`);
    }
  }

  #text(schema: z.ZodType): string {
    let usable = this.#usable.get(schema);
    if (!usable) {
      usable = this.#texts.filter((text) => schema.safeParse(text).success);
      this.#usable.set(schema, usable);
    }
    return usable.length > 0 ? this.#one(usable) : '';
  }

  /** One thing about a right message is wrong. */
  #spoiled(right: unknown): unknown {
    if (typeof right !== 'object' || right === null) return this.#hostile(0);
    const spoiled: Record<string, unknown> = { ...(right as Record<string, unknown>) };
    const names = Object.keys(spoiled);
    const name = names.length > 0 ? this.#one(names) : 'extra';
    const roll = this.#random();
    if (roll < 0.2 || names.length === 0) spoiled['extra'] = this.#one(hostileValues);
    else if (roll < 0.4) Reflect.deleteProperty(spoiled, name);
    else if (roll < 0.5 && typeof spoiled[name] === 'object') spoiled[name] = this.#spoiled(spoiled[name]);
    else spoiled[name] = this.#one(hostileValues);
    return spoiled;
  }

  #hostile(depth: number): unknown {
    if (depth > 2 || this.#random() < 0.6) return this.#one(hostileValues);
    const names = [
      'id',
      'text',
      'number',
      'numbers',
      'sort',
      'offset',
      'limit',
      '__proto__',
      'source',
      'way',
      'base64',
    ];
    return Object.fromEntries(
      Array.from({ length: 3 }, () => [this.#one(names), this.#hostile(depth + 1)] as const),
    );
  }

  #one<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)] as T;
  }
}
