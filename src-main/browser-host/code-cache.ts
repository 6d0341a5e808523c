import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Beside what is built, since it is made of the code alone: no data is in it, and it can be removed at any time. */
export const codeCache = fileURLToPath(new URL('../../dist/code-cache', import.meta.url));

/**
 * Keeps the code of this process and of its threads as Node compiled it, types taken out, in `codeCache`: the next start takes from
 * there what has not changed. Only what is imported after this call is kept. Where the folder cannot be written, nothing is.
 */
export function keepCompiledCode(): void {
  const { directory } = enableCompileCache(codeCache);
  // Threads look here.
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] = directory;
}
