import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Keyboard, scrollingGrid } from '../../../src-renderer/lib/keyboard.ts';

let keyboard: Keyboard;
let helped: number;
let verbs: string[];
let cleared: number;
let cursorIsNowhere: boolean;
let grid: HTMLElement;
let field: HTMLInputElement;
const settled = () => new Promise((resolve) => setTimeout(resolve));
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** Presses a key where the focus is; true when the page kept it from doing what it does by itself. */
function press(key: string, more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  return !(document.activeElement ?? document.body).dispatchEvent(event);
}
const handle = (event: KeyboardEvent) => {
  keyboard.handle(event);
};

beforeEach(async () => {
  document.body.innerHTML = `
    <nav data-screens><a href="#x" id="link">Numbers</a></nav>
    <div id="grid" tabindex="0"><button id="head">Number</button></div>
    <input id="field"><input id="other"><select id="choice"></select><button id="button">Export</button>`;
  [helped, verbs, cleared, cursorIsNowhere] = [0, [], 0, false];
  keyboard = new Keyboard(() => (helped += 1));
  grid = element('grid');
  field = element('field');
  keyboard.grid({
    element: grid,
    focus: () => {
      grid.focus();
      return cursorIsNowhere;
    },
    key: (event) => {
      const mine = ['t', 'r', 'c', 'j', 'ArrowDown', 'a', 'Escape'].includes(event.key);
      if (mine) verbs.push(event.ctrlKey ? `Ctrl ${event.key}` : event.key);
      return mine;
    },
  });
  keyboard.field({ element: field, clear: () => (cleared += 1) });
  window.addEventListener('keydown', handle);
  await settled();
});
afterEach(() => {
  window.removeEventListener('keydown', handle);
});

describe('letters', () => {
  test('on arrival the focus is in the query field, where nothing but typing happens', () => {
    expect(document.activeElement).toBe(field);
    for (const key of ['t', 'a', 'c', 'o', 'm', 'a']) expect(press(key)).toBe(false);
    expect(verbs).toEqual([]);
  });

  test.each(['link', 'button', 'head', 'body'])(
    'with the focus on the %s they go on with the query',
    (where) => {
      if (where === 'body') (document.activeElement as HTMLElement).blur();
      else element(where).focus();
      field.value = 'npa:2';
      // The character itself goes to the field, where the focus is by then.
      expect(press('t')).toBe(false);
      expect([document.activeElement, field.selectionStart, verbs]).toEqual([field, 5, []]);
    },
  );

  test('are verbs while the list has the focus; what is no verb goes to the query', () => {
    press('Escape');
    expect(document.activeElement).toBe(grid);
    expect([press('t'), press('r'), verbs]).toEqual([true, true, ['t', 'r']]);
    expect([press('x'), document.activeElement]).toEqual([false, field]);
  });

  test('stay with whoever takes text, a choice or a menu, and with a dialog', () => {
    for (const where of ['other', 'choice']) {
      element(where).focus();
      expect([press('t'), press('ArrowDown'), press('/')]).toEqual([false, false, false]);
      expect(document.activeElement).toBe(element(where));
    }
    document.body.insertAdjacentHTML('beforeend', '<dialog open><button id="inside">OK</button></dialog>');
    element('inside').focus();
    press('t');
    press('Escape');
    expect([document.activeElement, verbs]).toEqual([element('inside'), []]);
  });

  test('with Ctrl, Alt or the command key are none, but the third level of a keyboard types', () => {
    element('button').focus();
    for (const held of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) press('t', held);
    expect([document.activeElement, verbs]).toEqual([element('button'), []]);
    press('a', { ctrlKey: true });
    expect(verbs).toEqual(['Ctrl a']);
    press('@', { ctrlKey: true, altKey: true, modifierAltGraph: true });
    expect(document.activeElement).toBe(field);
  });
});

test('an arrow and Escape put the focus into the list, from the field and from anywhere', () => {
  press('ArrowDown');
  expect(document.activeElement).toBe(grid);
  element('button').focus();
  expect([press('ArrowDown'), document.activeElement, verbs]).toEqual([true, grid, ['ArrowDown']]);
  element('link').focus();
  expect([press('Escape'), document.activeElement]).toEqual([true, grid]);
  // In the list Escape is the list's own.
  press('Escape');
  expect(verbs).toEqual(['ArrowDown', 'Escape']);
});

test('the first arrow of a list whose cursor is nowhere comes to its first row, and not to the second', () => {
  element('button').focus();
  cursorIsNowhere = true;
  expect([press('ArrowDown'), document.activeElement, verbs]).toEqual([true, grid, []]);
  cursorIsNowhere = false;
  element('button').focus();
  expect([press('ArrowDown'), verbs]).toEqual([true, ['ArrowDown']]);
});

test('space and Enter press the button that has the focus', () => {
  element('button').focus();
  expect([press(' '), press('Enter'), document.activeElement]).toEqual([false, false, element('button')]);
});

test('the slash goes to the query and the question mark to the shortcuts, from everywhere but a text', () => {
  field.value = '206';
  element('button').focus();
  press('/');
  expect([document.activeElement, field.selectionStart, field.selectionEnd]).toEqual([field, 0, 3]);
  expect([press('/'), press('?'), helped]).toEqual([false, false, 0]);
  grid.focus();
  press('?');
  field.value = '';
  field.focus();
  expect([press('?'), press('/'), helped]).toEqual([true, true, 2]);
});

test('where the query field is on another tab the slash brings it; other letters stay', async () => {
  keyboard = new Keyboard(() => undefined);
  element('button').focus();
  press('t');
  expect(document.activeElement).toBe(element('button'));
  keyboard.home(() => keyboard.field({ element: field, clear: () => undefined }));
  press('/');
  await settled();
  expect(document.activeElement).toBe(field);
});

test('a list that stands aside brings its own query field back, and only while it does', async () => {
  keyboard = new Keyboard(() => undefined);
  const asked: string[] = [];
  keyboard.home(() => asked.push('the first tab'));
  const end = keyboard.home(() => asked.push('the list'));
  element('button').focus();
  press('/');
  end();
  press('/');
  await settled();
  expect(asked).toEqual(['the list', 'the first tab']);
});

test('a list that goes while it has the focus leaves it where typing is safe', async () => {
  keyboard = new Keyboard(() => undefined);
  keyboard.field({ element: field, clear: () => (cleared += 1) });
  const end = keyboard.grid({ element: grid, focus: () => false, key: () => false });
  grid.focus();
  grid.remove();
  end();
  await settled();
  expect(document.activeElement).toBe(field);
  // Without a list to go to, Escape empties the field.
  press('Escape');
  expect(cleared).toBe(1);
});

test('where a button did its work and is gone, the focus goes to the list, and is taken from nobody else', () => {
  element('button').focus();
  keyboard.recover();
  expect(document.activeElement).toBe(element('button'));
  element('button').remove();
  keyboard.recover();
  expect(document.activeElement).toBe(grid);
});

test('a screen with neither a list nor a query field takes the focus itself', async () => {
  await settled();
  keyboard = new Keyboard(() => undefined);
  field.blur();
  const main = document.createElement('main');
  main.tabIndex = -1;
  document.body.append(main);
  keyboard.recover();
  expect(document.activeElement).toBe(main);
  main.blur();
  keyboard.arrive();
  expect(document.activeElement).toBe(main);
});

test('the focus is taken from nothing but the links of the screens', async () => {
  for (const [where, expected] of [
    ['button', 'button'],
    ['link', 'field'],
  ] as const) {
    element(where).focus();
    keyboard.field({ element: field, clear: () => undefined });
    await settled();
    expect(document.activeElement?.id).toBe(expected);
  }
});

test('a list without rows to choose is scrolled by j and k', () => {
  const list = scrollingGrid(grid, () => 32);
  const key = (name: string) => list.key(new KeyboardEvent('keydown', { key: name }));
  expect([key('j'), key('j'), key('k'), key('t')]).toEqual([true, true, true, false]);
  expect(grid.scrollTop).toBe(32);
});

describe('a list beside the list of the screen', () => {
  let pressed: string[];
  beforeEach(() => {
    document.body.insertAdjacentHTML(
      'beforeend',
      '<section data-beside><button id="apply">Apply</button><div id="rows" tabindex="0"></div></section>',
    );
    pressed = [];
    keyboard.grid({
      element: element('rows'),
      focus: () => {
        element('rows').focus();
        return false;
      },
      key: ({ key }) => {
        if (key !== 'ArrowDown') return false;
        pressed.push(key);
        return true;
      },
    });
  });

  test('has the keys that are pressed in it, and leaves those of the list alone', () => {
    grid.focus();
    press('t');
    element('apply').focus();
    expect([press('ArrowDown'), document.activeElement]).toEqual([true, element('rows')]);
    press('ArrowDown');
    expect([pressed, verbs]).toEqual([['ArrowDown', 'ArrowDown'], ['t']]);
    field.focus();
    press('ArrowDown');
    expect(document.activeElement).toBe(grid);
  });

  test('gives the focus back to the list by Escape, from its rows and from its buttons', () => {
    for (const where of ['rows', 'apply']) {
      element(where).focus();
      expect([press('Escape'), document.activeElement]).toEqual([true, grid]);
    }
    expect(verbs).toEqual([]);
  });

  test('stands for it where the list is not shown', () => {
    keyboard = new Keyboard(() => undefined);
    keyboard.grid({
      element: element('rows'),
      focus: () => {
        element('rows').focus();
        return false;
      },
      key: () => true,
    });
    element('button').focus();
    press('Escape');
    expect(document.activeElement).toBe(element('rows'));
  });
});
