import type { Page } from '@playwright/test';

/** In CSS pixels, from the top left corner of the window. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type FaultKind = 'cut' | 'overlap' | 'sideways' | 'console' | 'axe' | 'not reached';
/** Something that is wrong with what a person sees, and where. */
export type Fault = {
  readonly kind: FaultKind;
  /** The element in words: its tag, its role or test id, and the beginning of its text. */
  readonly element: string;
  readonly box: Box | null;
  readonly what: string;
};

/**
 * What is wrong with the page as it is now: text that is cut without an ellipsis and its full value somewhere, texts and controls
 * that lie on each other, and bars that scroll sideways. While a modal dialog is open, only the dialog is looked at.
 */
export async function faultsOf(page: Page): Promise<Fault[]> {
  const functions = inPage.map(String).join('\n');
  return page.evaluate<Fault[]>(`(() => { const known = new Map(); ${functions}; return findFaults(); })()`);
}

/** A text as it stands on the page. A text that wraps has a rectangle for each of its lines. */
type Written = {
  readonly element: Element;
  readonly text: string;
  readonly lines: readonly DOMRect[];
};
/** The visible rectangles of a text or a control, and the layer it lies in. */
type Seen = {
  readonly element: Element;
  /** The control a text stands in, or the element itself. */
  readonly owner: Element;
  readonly name: string;
  readonly control: boolean;
  readonly layer: Element;
  readonly rects: readonly DOMRect[];
};
type Clip = {
  readonly element: Element | null;
  readonly rect: DOMRect;
  readonly x: 'hidden' | 'scroll' | 'visible';
  readonly y: 'hidden' | 'scroll' | 'visible';
};

/** What is asked of an element again and again: reading it is what takes time. */
type Facts = {
  readonly position: string;
  readonly x: 'hidden' | 'scroll' | 'visible';
  readonly y: 'hidden' | 'scroll' | 'visible';
  readonly inline: boolean;
  readonly holdsFixed: boolean;
  readonly ordered: boolean;
  /** For screen readers only, or not shown at all. */
  readonly away: boolean;
  /** Its inner edges. */
  readonly rect: DOMRect;
};
/** In the page only: the facts of this look at it. */
declare const known: Map<Element, Facts>;

/** Everything below runs inside the page: it is sent there as text, and may use nothing from outside of this list. */
const inPage = [
  findFaults,
  factsOf,
  rootOf,
  isShown,
  writtenIn,
  clipsOf,
  isScrolled,
  wayOf,
  fateOf,
  isTold,
  controlsIn,
  cutFields,
  widthOf,
  layerOf,
  seenIn,
  overlapsOf,
  coveredBy,
  spillsOf,
  isHeld,
  barsOf,
  nameOf,
  boxOf,
  within,
];

function findFaults(): Fault[] {
  const root = rootOf();
  const texts = writtenIn(root);
  const cut: { written: Written; fate: ReturnType<typeof fateOf> }[] = [];
  const whole: string[] = [];
  for (const written of texts) {
    const fates = written.lines.map((line) => fateOf(written, line));
    const worst = fates.find(({ how }) => how === 'cut') ?? fates.find(({ how }) => how === 'ellipsis');
    if (worst) cut.push({ written, fate: worst });
    else if (fates.some(({ how }) => how === 'whole')) whole.push(written.text);
  }
  const faults: Fault[] = [];
  for (const { written, fate } of cut) {
    const told = isTold(written, whole);
    if (fate.how === 'ellipsis' && told) continue;
    const what = fate.how === 'ellipsis' ? 'cut with an ellipsis, and its full value is nowhere' : 'cut';
    faults.push({
      kind: 'cut',
      element: nameOf(written.element),
      box: boxOf(fate.line),
      what: `"${written.text.slice(0, 80)}" is ${what}${fate.how === 'cut' ? ` (by ${fate.by})` : ''}`,
    });
  }
  const controls = controlsIn(root);
  const seen = seenIn(texts, controls);
  return [
    ...faults,
    ...cutFields(controls),
    ...overlapsOf(seen),
    ...coveredBy(seen),
    ...spillsOf(texts),
    ...barsOf(root),
  ];
}

/** What can be used now: the topmost modal dialog, else the whole page. */
function rootOf(): Element {
  const modal = [...document.querySelectorAll('dialog:modal, [role="dialog"][aria-modal="true"]')];
  return modal.filter((dialog) => dialog.checkVisibility()).at(-1) ?? document.body;
}

function factsOf(element: Element): Facts {
  const found = known.get(element);
  if (found) return found;
  const style = getComputedStyle(element);
  const outer = element.getBoundingClientRect();
  const { clipPath, position, transform, zIndex, display } = style;
  const [x, y] = [wayOf(style.overflowX), wayOf(style.overflowY)];
  const tiny = outer.width <= 1 && outer.height <= 1 && (x !== 'visible' || y !== 'visible');
  const facts: Facts = {
    ...{ position, x, y, inline: display === 'inline', holdsFixed: transform !== 'none' },
    ordered: zIndex !== 'auto',
    away: tiny || clipPath.startsWith('inset(50%') || clipPath.startsWith('inset(100%'),
    rect: new DOMRect(
      ...([outer.left + element.clientLeft, outer.top + element.clientTop] as const),
      ...([element.clientWidth, element.clientHeight] as const),
    ),
  };
  known.set(element, facts);
  return facts;
}

/** Whether a person sees it, as far as style says; what is for screen readers only is not seen. */
function isShown(element: Element): boolean {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement)
    if (factsOf(at).away) return false;
  return true;
}

function writtenIn(root: Element): Written[] {
  const found: Written[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.textContent ?? '').replace(/\s+/g, ' ').trim();
    const element = node.parentElement;
    if (!text || !element || element.closest('script, style, noscript, option, datalist, title')) continue;
    if (!isShown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 0.5 && height > 0.5);
    if (lines.length > 0) found.push({ element, text, lines });
  }
  return found;
}

/** What cuts an element's content, from the inside out; the last one is the window itself. */
function clipsOf(start: Element): Clip[] {
  const clips: Clip[] = [];
  let position = 'static';
  for (let at: Element | null = start; at && at !== document.documentElement; at = at.parentElement) {
    const facts = factsOf(at);
    const holds =
      position === 'fixed'
        ? facts.holdsFixed
        : position !== 'absolute' || facts.position !== 'static' || facts.holdsFixed;
    if (!holds) continue;
    const { x, rect } = facts;
    // A view of rows that stays in place inside of what scrolls shows a part of them: what it cuts comes with scrolling.
    const y = facts.y === 'hidden' && facts.position === 'sticky' && isScrolled(at) ? 'scroll' : facts.y;
    // The body's own overflow is the window's.
    if (at !== document.body && !facts.inline && (x !== 'visible' || y !== 'visible'))
      clips.push({ element: at, rect, x, y });
    position = facts.position;
  }
  const outermost = [document.documentElement, document.body].map((one) => getComputedStyle(one).overflowY);
  const still = outermost.includes('hidden') || outermost.includes('clip') || position === 'fixed';
  const rect = new DOMRect(0, 0, document.documentElement.clientWidth, window.innerHeight);
  return [...clips, { element: null, rect, x: 'hidden', y: still ? 'hidden' : 'scroll' }];
}

/** Whether it lies in something that scrolls up and down. */
function isScrolled(element: Element): boolean {
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement)
    if (factsOf(at).y === 'scroll') return true;
  return false;
}

function wayOf(overflow: string): 'hidden' | 'scroll' | 'visible' {
  if (overflow === 'visible') return 'visible';
  return overflow === 'auto' || overflow === 'scroll' ? 'scroll' : 'hidden';
}

/** What becomes of a line of text: `whole`, scrolled `away`, or cut, and by what. */
function fateOf(
  { element }: Written,
  line: DOMRect,
): { how: 'whole' | 'away' | 'cut' | 'ellipsis'; by: string; line: DOMRect } {
  // The rectangle of a line is higher than its letters.
  const slack = line.height * 0.3;
  const clips = clipsOf(element);
  const over = (edges: DOMRect) => line.top < edges.top - slack || line.bottom > edges.bottom + slack;
  const aside = (edges: DOMRect) => line.left < edges.left - 1 || line.right > edges.right + 1;
  // What is scrolled away is looked at when it comes.
  if (clips.some(({ rect, y }) => y === 'scroll' && over(rect))) return { how: 'away', by: '', line };
  for (const { element: by, rect, x, y } of clips) {
    // Told once, as a bar that scrolls sideways.
    if (x === 'scroll' && aside(rect)) return { how: 'away', by: '', line };
    const [high, wide] = [y === 'hidden' && over(rect), x === 'hidden' && aside(rect)];
    if (!high && !wide) continue;
    const style = by && getComputedStyle(by);
    const dots = style && (high ? style.webkitLineClamp !== 'none' : style.textOverflow !== 'clip');
    return { how: dots ? 'ellipsis' : 'cut', by: by ? nameOf(by) : 'the window', line };
  }
  return { how: 'whole', by: '', line };
}

/** Whether the full value of a text that ends with an ellipsis can be read: in a tooltip, or written whole somewhere else. */
function isTold({ element, text }: Written, whole: readonly string[]): boolean {
  const plain = (value: string | null | undefined) => (value ?? '').replace(/\s+/g, ' ');
  for (let at: Element | null = element; at; at = at.parentElement) {
    if (at.hasAttribute('data-tooltip-trigger') || plain(at.getAttribute('title')).includes(text))
      return true;
    for (const id of (at.getAttribute('aria-describedby') ?? '').split(' '))
      if (id && plain(document.getElementById(id)?.textContent).includes(text)) return true;
  }
  return whole.some((other) => other.includes(text));
}

function controlsIn(root: Element): Element[] {
  const roles = ['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'combobox', 'slider'];
  const selector = [
    'button, a[href], input, select, textarea, summary',
    ...roles.map((role) => `[role="${role}"]`),
  ];
  return [...root.querySelectorAll(selector.join(', '))].filter(isShown);
}

/** What native fields show without any element of its own: the option of a list, a placeholder, a value that nobody can edit. */
function cutFields(controls: readonly Element[]): Fault[] {
  const faults: Fault[] = [];
  for (const field of controls) {
    let text = '';
    let own = 0;
    const style = getComputedStyle(field);
    if (field instanceof HTMLSelectElement && field.size <= 1) {
      text = field.selectedOptions[0]?.label ?? '';
      // The arrow, and the space the browser leaves beside the text.
      own = style.appearance === 'none' ? 0 : 20;
    } else if (field instanceof HTMLInputElement && /^(text|search|email|url|tel|password)$/.test(field.type))
      text = field.value === '' ? field.placeholder : field.readOnly ? field.value : '';
    if (!text || field.getAttribute('title')?.includes(text)) continue;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - own + 1;
    const needs = widthOf(text, style);
    if (needs <= room || field.clientWidth === 0) continue;
    const what = `"${text.slice(0, 80)}" is cut: it needs ${Math.ceil(needs)} px, and there are ${Math.floor(room)}`;
    faults.push({ kind: 'cut', element: nameOf(field), box: boxOf(field.getBoundingClientRect()), what });
  }
  return faults;
}

/** In px. */
function widthOf(text: string, { font, letterSpacing }: CSSStyleDeclaration): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return 0;
  context.font = font;
  return context.measureText(text).width + (parseFloat(letterSpacing) || 0) * text.length;
}

/** The element that lies above the rest of the page with all that is in it, or the page itself. */
function layerOf(element: Element): Element {
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
    const { position, ordered } = factsOf(at);
    if (position === 'fixed' || position === 'sticky') return at;
    if (position !== 'static' && ordered) return at;
    if (at.matches('dialog, [popover], [role="menu"], [role="tooltip"]')) return at;
  }
  return document.body;
}

/** Texts and controls with the part of them that can be seen. */
function seenIn(texts: readonly Written[], controls: readonly Element[]): Seen[] {
  const seenOf = (element: Element, rects: readonly DOMRect[], name: string, control: boolean): Seen => {
    const clips = clipsOf(element);
    const visible = rects.flatMap((rect) => {
      let { left, top, right, bottom } = rect;
      for (const clip of clips) {
        // A control does not cut itself.
        if (control && clip.element === element) continue;
        if (clip.x !== 'visible')
          [left, right] = [Math.max(left, clip.rect.left), Math.min(right, clip.rect.right)];
        if (clip.y !== 'visible')
          [top, bottom] = [Math.max(top, clip.rect.top), Math.min(bottom, clip.rect.bottom)];
      }
      return right - left > 1 && bottom - top > 1 ? [new DOMRect(left, top, right - left, bottom - top)] : [];
    });
    const owner = controls.find((one) => within(element, one)) ?? element;
    return { element, owner, name, control, layer: layerOf(element), rects: visible };
  };
  return [
    ...texts.map(({ element, text, lines }) => seenOf(element, lines, `"${text.slice(0, 40)}"`, false)),
    ...controls.map((element) => seenOf(element, [...element.getClientRects()], nameOf(element), true)),
  ];
}

/** Pairs of texts and controls of one layer that lie on each other, and messages that lie on a control. */
function overlapsOf(seen: readonly Seen[]): Fault[] {
  const faults: Fault[] = [];
  const flat = seen.flatMap((one) => one.rects.map((rect) => ({ one, rect })));
  flat.sort((a, b) => a.rect.top - b.rect.top);
  const told = new Map<Element, Set<Element>>();
  for (const [at, first] of flat.entries()) {
    for (let next = at + 1; next < flat.length; next += 1) {
      const second = flat[next];
      if (!second || second.rect.top >= first.rect.bottom) break;
      const [a, b] = [first.one, second.one];
      // A pair of buttons is told once, not for each of their texts as well.
      if (a.owner === b.owner || within(a.element, b.owner) || within(b.element, a.owner)) continue;
      const message = (one: Seen) => one.layer.matches('[role="status"], [role="alert"]');
      const messageOnControl = (message(a) && b.control) || (message(b) && a.control);
      if (a.layer !== b.layer && !messageOnControl) continue;
      const wide =
        Math.min(first.rect.right, second.rect.right) - Math.max(first.rect.left, second.rect.left);
      const high = Math.min(first.rect.bottom, second.rect.bottom) - second.rect.top;
      const lower = Math.min(first.rect.height, second.rect.height);
      // Lines of text stand closer than their rectangles.
      const slack = a.control && b.control ? 2 : lower * 0.35;
      if (wide <= 2 || high <= slack) continue;
      if (told.get(a.owner)?.has(b.owner)) continue;
      for (const [one, other] of [
        [a.owner, b.owner],
        [b.owner, a.owner],
      ] as const)
        told.set(one, (told.get(one) ?? new Set()).add(other));
      faults.push({
        kind: 'overlap',
        element: nameOf(a.element),
        box: boxOf(first.rect),
        what: `${a.name} and ${b.name} lie on each other by ${Math.round(wide)}×${Math.round(high)} px`,
      });
    }
  }
  return faults;
}

/** Texts that a panel covers in part: one that is wholly covered can be reached when the panel goes, half a word is a fault. */
function coveredBy(seen: readonly Seen[]): Fault[] {
  const panels = [...new Set(seen.map(({ layer }) => layer))].filter((layer) =>
    layer.matches('section, aside, [role="region"], [role="complementary"]'),
  );
  return panels.flatMap((panel) => {
    const { left, right, top, bottom } = panel.getBoundingClientRect();
    const half = seen.flatMap((one) => {
      if (one.control || one.layer === panel || within(one.element, panel) || within(panel, one.element))
        return [];
      const over = (rect: DOMRect) => rect.bottom > top + 2 && rect.top < bottom - 2;
      const cut = (rect: DOMRect) =>
        (rect.left < left - 2 && rect.right > left + 2) || (rect.left < right - 2 && rect.right > right + 2);
      const rect = one.rects.find((line) => over(line) && cut(line));
      return rect ? [{ one, rect }] : [];
    });
    const [first] = half;
    if (!first) return [];
    const what = `covers half of ${first.one.name}${half.length > 1 ? ` and of ${half.length - 1} more texts` : ''}`;
    return [{ kind: 'overlap', element: nameOf(panel), box: boxOf(first.rect), what }];
  });
}

/** Texts that run out of the button or the cell they are in. */
function spillsOf(texts: readonly Written[]): Fault[] {
  const faults: Fault[] = [];
  const boxes =
    'button, a[href], th, td, summary, [role="button"], [role="cell"], [role="gridcell"], [role="columnheader"]';
  for (const { element, text, lines } of texts) {
    const box = element.closest(boxes);
    if (!box || getComputedStyle(box).display === 'inline' || getComputedStyle(box).overflowX !== 'visible')
      continue;
    // What ends with dots inside of it stays inside.
    if (isHeld(element, box)) continue;
    const rect = box.getBoundingClientRect();
    const line = lines.find(({ left, right }) => left < rect.left - 1 || right > rect.right + 1);
    if (!line) continue;
    const what = `"${text.slice(0, 80)}" runs out of it`;
    faults.push({ kind: 'overlap', element: nameOf(box), box: boxOf(line), what });
  }
  return faults;
}

/** Whether something between a text and the box it is in cuts it. */
function isHeld(element: Element, box: Element): boolean {
  for (let at: Element | null = element; at && at !== box; at = at.parentElement) {
    const { x, inline } = factsOf(at);
    if (!inline && x !== 'visible') return true;
  }
  return false;
}

/** What can be scrolled sideways. */
function barsOf(root: Element): Fault[] {
  const faults: Fault[] = [];
  for (const element of [document.documentElement, ...root.querySelectorAll('*'), root]) {
    const whole = element === document.documentElement;
    if (element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || (!whole && !isShown(element))) continue;
    const ways = (whole ? [document.body, element] : [element]).map((one) => factsOf(one).x);
    if (whole ? ways.includes('hidden') : !ways.includes('scroll')) continue;
    const what = `scrolls sideways: ${element.scrollWidth} px in ${element.clientWidth}`;
    faults.push({
      kind: 'sideways',
      element: nameOf(element),
      box: boxOf(element.getBoundingClientRect()),
      what,
    });
  }
  return faults;
}

function nameOf(element: Element): string {
  const tag = element.tagName.toLowerCase();
  if (tag === 'html') return 'the page';
  const cell = element.closest('td, [role="cell"], [role="gridcell"]');
  if (cell === element) {
    const table = element.closest('table, [role="table"], [role="grid"]');
    const place = [...(element.parentElement?.children ?? [])].indexOf(element);
    const head = table?.querySelectorAll('th, [role="columnheader"]')[place]?.textContent?.trim();
    if (head) return `column "${head}"`;
  }
  const role = element.getAttribute('role');
  const test = element.getAttribute('data-testid');
  const own = [...element.classList].find((name) => !name.startsWith('svelte-'));
  const mark = test ? `[${test}]` : role ? `[${role}]` : own ? `.${own}` : '';
  const label = element.getAttribute('aria-label') ?? element.textContent ?? '';
  const text = label.replace(/\s+/g, ' ').trim().slice(0, 40);
  return `${tag}${mark}${text ? ` "${text}"` : ''}`;
}

function boxOf({ x, y, width, height }: DOMRect): Box {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
}

function within(inner: Element, outer: Element): boolean {
  return outer.contains(inner);
}
