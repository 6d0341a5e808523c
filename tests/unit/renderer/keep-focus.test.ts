import { afterEach, expect, test } from 'vitest';
import { keepFocus } from '#renderer/lib/keep-focus.ts';

let recovered = 0;
let end: () => void = () => undefined;
afterEach(() => {
  end();
  document.body.innerHTML = '';
});

function form() {
  document.body.innerHTML = `<div id="root"><input id="field"><button id="send">Send</button>
      <div id="table" tabindex="0"><div id="row"><button id="remove">Remove</button></div></div>
    </div><input id="other">`;
  const find = (id: string) => document.getElementById(id) as HTMLButtonElement;
  recovered = 0;
  end = keepFocus(find('root'), () => (recovered += 1));
  /** As a browser does: what is disabled loses the focus. */
  const disable = (id: string) => {
    find(id).disabled = true;
    find(id).blur();
  };
  return { find, disable };
}
const told = () => new Promise((resolve) => setTimeout(resolve));

test('a button that was disabled while it was at work has the focus again', async () => {
  const { find, disable } = form();
  find('send').focus();
  disable('send');
  await told();
  expect(document.activeElement).toBe(document.body);
  find('send').disabled = false;
  await told();
  expect(document.activeElement).toBe(find('send'));
});

test('what somebody focused meanwhile keeps the focus', async () => {
  const { find, disable } = form();
  find('send').focus();
  disable('send');
  find('other').focus();
  find('send').disabled = false;
  await told();
  expect(document.activeElement).toBe(find('other'));
});

test('a button that went with its row leaves the focus to the table', async () => {
  const { find } = form();
  find('remove').focus();
  find('row').remove();
  await told();
  await told();
  expect(document.activeElement).toBe(find('table'));
});

test('where nothing that was around it is there any more, the screen says where the focus goes', async () => {
  const { find } = form();
  find('remove').focus();
  find('root').replaceChildren();
  await told();
  await told();
  expect(recovered).toBe(1);
});

test('what somebody left by a click beside it does not take the focus back', async () => {
  const { find } = form();
  find('send').focus();
  find('send').blur();
  await told();
  find('field').remove();
  find('send').disabled = true;
  find('send').disabled = false;
  await told();
  expect(document.activeElement).toBe(document.body);
});
