import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import {
  englishIn,
  isOverProse,
  isSentence,
  proseIn,
  proseInComponent,
  type Finding,
} from '../support/prose.ts';

const root = path.resolve(import.meta.dirname, '../..');
const { compilerOptions } = ts.parseConfigFileTextToJson(
  '',
  readFileSync(path.join(root, 'tsconfig.json'), 'utf8'),
).config as {
  compilerOptions: object;
};
const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, root);
const sources = (pattern: string) =>
  ['src-main', 'src-renderer'].flatMap((folder) => globSync(`${folder}/**/${pattern}`, { cwd: root })).sort();

/** Where others' texts are read because they give no code: each at the edge, where a code is made of it. */
const edges: readonly string[] = [
  // Keytar and the key store of the system.
  'src-main/accounts/keychain.ts',
  // An adapter reads what its carrier writes.
  'src-main/carrier/flowroute/',
  // SQLite.
  'src-main/contract/disk-trouble.ts',
  'src-main/platform/storage/sqlite.ts',
  // The session bus.
  'src-main/desktop/tray-host.ts',
  // The simulated carrier reads what its clients send.
  'src-main/sandbox/',
];
/** What was released stays as it is: it makes the sentences of its time. */
const released: readonly string[] = [
  'src-main/buying/migrations/0001-journal.ts',
  'src-main/buying/migrations/0004-doubts.ts',
  'src-main/jobs/migrations/0006-ordinals.ts',
];

test('no sentence steers the program, and none is made in SQL', () => {
  const files = sources('*.ts').map((file) => path.join(root, file));
  const found = proseIn(ts.createProgram(files, { ...options, noEmit: true }), files);
  const shown = found.map((one): Finding => ({ ...one, file: path.relative(root, one.file) }));
  const others = shown.filter(({ file, what }) =>
    what === 'has English in SQL' ? !released.includes(file) : !edges.some((edge) => file.startsWith(edge)),
  );
  expect(others).toEqual([]);
});

test('nor in a component', () => {
  const files = sources('*.svelte');
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => proseInComponent(path.join(root, file)))).toEqual([]);
});

describe('what is looked for is found', () => {
  test.each([
    ['a literal', "export const a = (text: string) => text === 'It is not known.';"],
    ['a constant', "const lost = 'The order was lost'; export const a = (text: string) => text !== lost;"],
    ['a part', "export const a = (text: string) => text.includes('could not be asked');"],
    [
      'a case',
      "export const a = (t: string) => { switch (t) { case 'not asked for yet': return 1; default: return 2; } };",
    ],
    ['a pattern', 'export const a = (text: string) => /not asked/i.test(text);'],
    [
      'a text with a part put in',
      'export const a = (t: string, n: number) => t === `Order ${n} was not found`;',
    ],
    ['SQL', `export const a = "UPDATE plan SET waiting = 'Compare it again.'";`],
    [
      'a value of SQL',
      "export const a = (db: { run(x: string): void }) => { db.run('It was not finished.'); };",
    ],
  ])('%s', (_, source) => {
    const file = '/example.ts';
    const host = ts.createCompilerHost({ noLib: true });
    const { getSourceFile } = host;
    host.getSourceFile = (name, target) =>
      name === file ? ts.createSourceFile(name, source, target) : getSourceFile(name, target);
    const program = ts.createProgram([file], { noLib: true, types: [] }, host);
    expect(proseIn(program, [file])).toHaveLength(1);
  });

  test('codes, keywords and single words are no sentences', () => {
    expect(['not-asked', 'at once', 'SQLite format 3\0', 'npa:206 -state:wa', ''].filter(isSentence)).toEqual(
      [],
    );
    expect(['The order was lost', 'Bought, but its routes'].filter((text) => !isSentence(text))).toEqual([]);
    expect([/^[a-z]+:(.*)$/, /\bnumbers:[a-z0-9]+/].filter(({ source }) => isOverProse(source))).toEqual([]);
    expect(englishIn("SELECT 'a', 'not-asked', 'SIP-REG' WHERE x = 'b' AND y = 'c'")).toEqual([]);
  });
});
