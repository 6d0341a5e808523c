/**
 * The columns of the numbers list: one entry makes the query key, the order, the cell, the filter menu's field, the column
 * of an export and, where it can be changed by a file, that of an import. CONTRIBUTING.md tells how to add one. The same table serves the window and the index.
 */
import { billingName } from './words.ts';

/**
 * What a column holds. It decides how values are compared, found, put in order and written:
 * `digits` the number itself · `route` what people call a route, null before it was read and '' for none · `region` a state or province by its two letters ·
 * `code` few values of the carrier, compared whole and without case · `text` words of people or of the carrier, found by any
 * part of them · `tags` words of this list, each compared whole · `money` cents, null when not known ·
 * `time` Unix milliseconds.
 */
export type ColumnType = 'digits' | 'route' | 'region' | 'code' | 'text' | 'tags' | 'money' | 'time';

/** What a window shows and exports of every column. */
type Shown = {
  /** In the head of the table. */
  readonly title: string;
  /** Where there is room for it, as in an export; the title where it is left out. */
  readonly name?: string;
  /** How a value is said to people, where that is not the value itself. */
  readonly say?: (value: string) => string;
  /** It may have as many values as there are numbers. Without it, at most 65,536 different ones. */
  readonly many?: true;
  /** What the API of the account has to have (`features.ts`): where it has not, the column is not shown and not exported. */
  readonly needs?: 'billingTerms';
  readonly cell: {
    /** Always there, at the left. */
    readonly pinned?: true;
    /** When it is shown before anybody chose: `never`, or `when-known` for any number of the list. Left out: always. */
    readonly usual?: 'never' | 'when-known';
    /** Columns of a higher one are hidden first when there is little room; 0 always stays. */
    readonly priority: number;
    /** Pixels. */
    readonly minWidth: number;
    /** Its share of the room that is left; 0 for a column that keeps its width. */
    readonly grow: number;
  };
  readonly export: {
    /** In the first line of the file. */
    readonly name: string;
    /** Ticked when the dialog opens. */
    readonly chosen?: true;
  };
  /**
   * What a column of an imported file may be called that holds this, in lower case and without what is no letter or digit:
   * "Primary Route Name", "DID Number", "TN". A file's column that fits an earlier pattern is taken before one that fits a later one.
   */
  readonly import?: readonly RegExp[];
};

/** A `key:` of the query language. */
type QueryKey = {
  readonly key: string;
  /** Other keys that mean the same. */
  readonly also?: readonly string[];
  /** Bare words are looked for here as well. */
  readonly words?: true;
};

/** Its field in the filter menu, which makes queries: there is none without a key. */
type MenuField = {
  /** From the top; the area code is at 1. */
  readonly place: number;
  readonly label?: string;
  /** What `key:none` finds, as a choice. */
  readonly none?: string;
};

type Asked =
  | { readonly query: QueryKey; readonly menu?: MenuField }
  | { readonly query?: undefined; readonly menu?: undefined };
type NotAsked = { readonly query?: undefined; readonly menu?: undefined };

/**
 * The carrier tells it, as a text that is stored with the number: in a column of the table `number` of that name. `always`
 * with every listing; `when-told` for what may not be read yet, which is null. Left out for what is known in other ways.
 */
type Stored = { readonly stored?: 'always' | 'when-told' };
type NotStored = { readonly stored?: undefined };

/** Queries ask for words: digits have keys of their own (`npa:` and the like), amounts and times have none so far. */
export type ColumnEntry = Shown &
  (
    | ({ readonly type: 'code' | 'text' } & Asked & Stored)
    | ({ readonly type: 'route' | 'region' | 'tags' } & Asked & NotStored)
    | ({ readonly type: 'digits' | 'money' | 'time' } & NotAsked & NotStored)
  );

const fixed = (minWidth: number, priority: number) => ({ minWidth, grow: 0, priority });
const growing = (minWidth: number, grow: number, priority: number) => ({ minWidth, grow, priority });

/** In the order of the table and of an export. */
export const columnTable = {
  number: {
    title: 'Number',
    type: 'digits',
    cell: { ...fixed(144, 0), pinned: true },
    export: { name: 'number', chosen: true },
    import: [
      /^(numbers?|(phone|telephone|tn|did|ddi|e164|msisdn)s?(numbers?|nos?)?)$/,
      // Our own "number as shown".
      /^formatted$/,
    ],
  },
  primary: {
    title: 'Primary',
    name: 'Primary route',
    type: 'route',
    query: { key: 'primary', words: true },
    menu: { place: 4 },
    cell: growing(110, 1.4, 1),
    export: { name: 'primary', chosen: true },
    import: [
      /^(primary(inbound)?(route)?|route(1|primary))(name)?$/,
      // "Main name" and "first name" are those of a person.
      /^(main|first)(inbound)?(route(name)?)?$/,
      /^(inbound)?route(name)?$/,
    ],
  },
  failover: {
    title: 'Failover',
    name: 'Failover route',
    type: 'route',
    query: { key: 'failover', words: true },
    menu: { place: 5, label: 'Failover', none: 'No real failover' },
    cell: growing(100, 1.2, 2),
    export: { name: 'failover', chosen: true },
    import: [
      /^(failover(route)?|route(2|failover|backup))(name)?$/,
      /^((backup|secondary|fallback)(route)?(name)?|second(route(name)?)?)$/,
    ],
  },
  billing: {
    title: 'Billing',
    type: 'code',
    stored: 'always',
    needs: 'billingTerms',
    say: billingName,
    query: { key: 'billing' },
    cell: { ...fixed(84, 9), usual: 'never' },
    export: { name: 'billing' },
  },
  /** Two letters, or '' for an area code that belongs to no state or province (toll-free, new). */
  state: {
    title: 'State',
    type: 'region',
    query: { key: 'state', words: true },
    menu: { place: 2, label: 'State or province' },
    cell: { ...fixed(56, 8), usual: 'never' },
    export: { name: 'state' },
  },
  /** A place name for people: "Seattle", "Toll-free"; '' when unknown. The carrier tells no rate center of an owned number: its area does. */
  area: {
    title: 'Location',
    type: 'text',
    query: { key: 'area', also: ['ratecenter', 'rc'], words: true },
    cell: growing(110, 1, 4),
    export: { name: 'area' },
  },
  /** A person's own words on it, sorted: "spare, vip"; '' when it has none. */
  tags: {
    title: 'Tags',
    type: 'tags',
    query: { key: 'tag', words: true },
    menu: { place: 3, label: 'Tag', none: 'Without a tag' },
    cell: { ...growing(64, 0.8, 3), usual: 'when-known' },
    export: { name: 'tags' },
  },
  /** Cents a month as learned when it was bought here; null when unknown: v1 never tells it again. */
  monthly: {
    title: 'Monthly',
    name: 'Monthly cost',
    type: 'money',
    cell: { ...fixed(84, 6), usual: 'when-known' },
    export: { name: 'monthly' },
  },
  /** When the carrier's list had it last. */
  seen: {
    title: 'Last seen',
    type: 'time',
    cell: { ...fixed(94, 7), usual: 'never' },
    export: { name: 'last_seen' },
  },
} as const satisfies Readonly<Record<string, ColumnEntry>>;
