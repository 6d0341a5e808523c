/** Shapes of importing a file of route changes: its columns, what they are used for, and edits of its rows. */

export const cellColumns = ['number', 'primary', 'failover'] as const;
export type CellColumn = (typeof cellColumns)[number];

/** Which column is what, counted from 0; null for a side the file does not have. */
export type ImportMapping = {
  /** The first line names the columns. */
  readonly header: boolean;
  readonly number: number;
  readonly primary: number | null;
  readonly failover: number | null;
};

export type ImportColumn = {
  /** As the first line calls it; '' without a header. Cut to 60 characters, as the samples are. */
  readonly title: string;
  /** Up to three different cells. */
  readonly samples: readonly string[];
  /** What it is used for; null when it is ignored. */
  readonly use: CellColumn | null;
};

export type ImportFile = {
  readonly header: boolean;
  readonly rows: number;
  /** At most 100; those after them are ignored. */
  readonly columns: readonly ImportColumn[];
  /** What has to be said before the file can be read; null when its columns are clear. */
  readonly question: string | null;
  /** The columns are as they were chosen for the same headers before. */
  readonly remembered: boolean;
};

/** The route that was probably meant by a cell, and in how many rows the same cell stands. */
export type MeantRoute = {
  readonly column: 'primary' | 'failover';
  readonly written: string;
  readonly name: string;
  readonly rows: number;
};
