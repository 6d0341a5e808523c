/** The browser host alone, on an already built renderer: what tests and benchmarks start. */
import { readStartOptions } from '../app/options.ts';
import { startTrouble } from '../app/start-trouble.ts';
import { runBrowserHost } from './main.ts';

try {
  const address = await runBrowserHost(readStartOptions(process.argv.slice(2)));
  console.log(`Numberdesk is at ${address}`);
} catch (thrown) {
  const { message, action } = startTrouble(thrown);
  console.error(`${message} ${action}`);
  process.exit(1);
}
