/** `npm run sandbox`. What Node compiles of it is kept, so that a test that starts it ten times waits once. */
import { enableCompileCache } from 'node:module';

// Unless the environment names a place for it already, it is the system's for temporary files.
enableCompileCache();
await import('./command.ts');
