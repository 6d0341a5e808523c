/** Exports of call records: asked for, made after a while of the simulated clock, and then a gzipped CSV. */
import { drawnFor } from './random.ts';

export type ExportFilters = {
  /** Unix milliseconds; `from` included, `to` not. */
  readonly from: number;
  readonly to: number;
  readonly aliases: readonly string[];
  readonly aliasesContaining: readonly string[];
  readonly destinations: readonly string[];
  readonly callers: readonly string[];
};

export type CallExport = {
  readonly id: string;
  readonly token: string;
  /** As they were sent. */
  readonly parameters: unknown;
  readonly filters: ExportFilters;
  readonly createdAt: number;
};

export class CallExports {
  /** How long an export is in the making, in milliseconds of the simulated clock. */
  takesMs = 2000;
  #exports: CallExport[] = [];

  add(parameters: unknown, filters: ExportFilters, createdAt: number): CallExport {
    const id = String(41_200 + this.#exports.length);
    const token = `${id}-${Math.floor(drawnFor(Number(id), 9) * 2 ** 32).toString(16)}`;
    const made = { id, token, parameters, filters, createdAt };
    this.#exports.push(made);
    return made;
  }

  /** In the order of asking. */
  all(): readonly CallExport[] {
    return this.#exports;
  }

  get(id: string): CallExport | null {
    return this.#exports.find((one) => one.id === id) ?? null;
  }

  byToken(token: string): CallExport | null {
    return this.#exports.find((one) => one.token === token) ?? null;
  }

  isDone({ createdAt }: CallExport, now: number): boolean {
    return now >= createdAt + this.takesMs;
  }
}
