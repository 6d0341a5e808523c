import { afterEach, expect, test } from 'vitest';
import { keepFocus } from '#renderer/lib/keep-focus.ts';

let end: () => void = () => undefined;
afterEach(() => {
  end();
  document.body.innerHTML = '';
});

function form() {
  document.body.innerHTML =
    '<div id="root"><input id="field"><button id="send">Send</button></div><input id="other">';
  const find = (id: string) => document.getElementById(id) as HTMLButtonElement;
  end = keepFocus(find('root'));
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
