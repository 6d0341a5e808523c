import path from 'node:path';

/**
 * From here on, what this process starts takes types out of a source once for all: Node keeps what it made of each file, by its
 * content. Without it each of the hundreds of processes and storage threads of the tests does so anew.
 */
export function keepCompiled(): void {
  process.env['NODE_COMPILE_CACHE'] ??= path.resolve(import.meta.dirname, '../../test-results/compiled');
}
