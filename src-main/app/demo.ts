import { startSandbox } from '../sandbox/server.ts';

/**
 * The demo account: the same simulated carrier the tests use, over real HTTP on this computer only, asked by API v2. Of its 2,480
 * numbers some are toll-free and some of other countries. Its list tells no routes: they are read behind it, many with each request.
 */
export async function startDemo() {
  const sandbox = await startSandbox({
    ...{ owned: 2_450, tollFree: 18, foreignNumbers: 12 },
    ...{ available: 24_000, routes: 14, seed: 7, latencyMs: 25 },
    switches: { manyDetails: 'on' },
  });
  return {
    url: sandbox.v2Url,
    keys: { accessKey: sandbox.accessKey, secretKey: sandbox.secretKey },
    close: () => sandbox.close(),
  };
}
