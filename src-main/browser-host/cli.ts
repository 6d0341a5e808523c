/** The browser host alone, on an already built renderer: what tests and benchmarks start. */
import { readStartOptions } from '../options.ts';
import { runBrowserHost } from './main.ts';

const address = await runBrowserHost(readStartOptions(process.argv.slice(2)));
console.log(`Numberdesk is at ${address}`);
