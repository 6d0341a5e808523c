/** The browser host alone, on an already built renderer: what tests and benchmarks start. */
import { keepCompiledCode } from './code-cache.ts';

keepCompiledCode();
const { startTrouble } = await import('../app/start-trouble.ts');
try {
  const { readStartOptions } = await import('../app/options.ts');
  const { runBrowserHost } = await import('./main.ts');
  const address = await runBrowserHost(readStartOptions(process.argv.slice(2)));
  console.log(`Numberdesk is at ${address}`);
} catch (thrown) {
  const { message, action } = startTrouble(thrown);
  console.error(`${message} ${action}`);
  process.exit(1);
}
