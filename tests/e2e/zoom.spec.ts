import { expectWithinReach } from '../zoom/reach.ts';
import { test } from './app.ts';

test('at 200 % each control of some screens can be brought into view and pressed; `npm run test:zoom` looks at all', async ({
  host,
}) => {
  test.skip(host !== 'browser', 'the layout is the same; the desktop keeps its windows above 900×600');
  await expectWithinReach([
    'numbers',
    'numbers-selected-details',
    'buy-review-over-limit',
    'settings-general',
  ]);
});
