/** The browser host alone, on an already built renderer: what tests and benchmarks start. */
import { Failure } from '../contract/errors.ts';
import { readStartOptions } from '../options.ts';
import { runBrowserHost } from './main.ts';

try {
  const address = await runBrowserHost(readStartOptions(process.argv.slice(2)));
  console.log(`Numberdesk is at ${address}`);
} catch (thrown) {
  console.error(thrown instanceof Failure ? `${thrown.message} ${thrown.error.action}` : thrown);
  process.exit(1);
}
