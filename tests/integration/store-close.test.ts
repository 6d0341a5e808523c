import path from 'node:path';
import { expect, test } from 'vitest';
import type { ListStores } from '../../src-main/inventory/list-file.ts';
import { openJournal } from '../../src-main/journal/open.ts';
import { openFile } from '../../src-main/platform/storage/client.ts';
import { temporaryFolder } from './app-rig.ts';
import { workerUrl } from './rig.ts';

test('closing while questions are on their way ends the threads and not the process, again and again', async () => {
  const folder = temporaryFolder();
  const shared = { workerUrl, log: () => undefined };
  for (let round = 0; round < 25; round += 1) {
    const file = (name: string) => path.join(folder.path, `${name}${round % 4}.db`);
    const [journal, numbers] = await Promise.all([
      openJournal({ ...shared, file: file('journal') }),
      openFile<ListStores>('numbers', { ...shared, file: file('numbers') }),
    ]);
    const asked = Array.from({ length: 20 }, () => [
      journal.stores.plans.plans({ offset: 0, limit: 50 }),
      numbers.stores.numbers.pairs(['12065550142']),
    ]);
    const answers = Promise.allSettled(asked.flat());
    const closed = Promise.all([journal.close(), numbers.close()]);
    const late = journal.stores.plans.recover().catch((error: unknown) => error);
    await closed;
    expect((await answers).map(({ status }) => status)).not.toContain('rejected');
    await late;
    await expect(journal.stores.routes.routes()).rejects.toThrow('has stopped');
    await journal.close();
  }
  folder.remove();
});
