import { startSandbox } from '../sandbox/server.ts';

/** The demo account: the same simulated carrier the tests use, over real HTTP on this computer only. */
export async function startDemo() {
  const sandbox = await startSandbox({ owned: 2_480, available: 24_000, routes: 14, seed: 7, latencyMs: 25 });
  return {
    url: sandbox.url,
    v2Url: sandbox.v2Url,
    keys: { accessKey: sandbox.accessKey, secretKey: sandbox.secretKey },
    close: () => sandbox.close(),
  };
}
