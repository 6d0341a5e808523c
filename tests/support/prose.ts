import { readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import ts from 'typescript';

/**
 * Finds places of the source where a sentence steers the program: compared with, looked for in a text, or put into SQL. Types tell what a
 * constant holds, so that a sentence is found by its name too.
 */
export type Finding = { readonly file: string; readonly what: Kind; readonly text: string };
type Kind = 'compares with a sentence' | 'looks for words in a text' | 'has English in SQL';

const looks = new Set([
  'includes',
  'startsWith',
  'endsWith',
  'indexOf',
  'lastIndexOf',
  'match',
  'search',
  'split',
]);
const databaseCalls = new Set(['run', 'get', 'all', 'exec', 'prepare']);
const equalities = new Set(['===', '!==', '==', '!=']);
const word = /^["'(]?[A-Za-z][A-Za-z'’-]*["')]?[.,:;!?]?$/;

/** Three words in a row. */
export function isSentence(text: string): boolean {
  let inARow = 0;
  return text.split(/\s+/).some((part) => (inARow = word.test(part) ? inARow + 1 : 0) >= 3);
}

/** A pattern over prose: two words with a blank between them. */
export function isOverProse(pattern: string): boolean {
  return /[a-z]{2,}(?: |\\s[+*]?)[a-z]{2,}/i.test(pattern);
}

const keyword = /\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|VALUES|CASE|WHERE)\b/;

/** What a statement begins with. */
const statement = /^\s*[A-Z]{4,} |\bWHERE\b/;

/** Texts in SQL that are no code: two words, or a word with a capital. */
export function englishIn(sql: string): string[] {
  if (!keyword.test(sql)) return [];
  const plain = sql.replace(/--.*$/gm, '');
  return [...plain.matchAll(/'((?:[^']|'')*)'/g)]
    .map(([, text = '']) => text)
    .filter((text) => /[a-z]\S* +\S*[a-z]/.test(text) || /^[A-Z][a-z]/.test(text));
}

/** Looks through files of a program. */
export function proseIn(program: ts.Program, files: readonly string[]): Finding[] {
  const checker = program.getTypeChecker();
  const found: Finding[] = [];
  /** The texts that an expression may be, as far as its type tells. */
  const textsOf = (node: ts.Node) => {
    if (ts.isTemplateExpression(node)) return [spelled(node)];
    const type = checker.getTypeAtLocation(node);
    return (type.isUnion() ? type.types : [type]).flatMap((one) => (one.isStringLiteral() ? one.value : []));
  };
  const isProse = (node: ts.Node) => textsOf(node).some(isSentence);
  const isSql = (node: ts.Node) => textsOf(node).some((text) => statement.test(text));
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`${file} is not part of the program`);
    const add = (what: Kind, node: ts.Node) =>
      found.push({ file, what, text: node.getText(source).slice(0, 160) });
    const visit = (node: ts.Node): void => {
      if (ts.isBinaryExpression(node) && equalities.has(node.operatorToken.getText(source))) {
        if (isProse(node.left) || isProse(node.right)) add('compares with a sentence', node);
      } else if (ts.isCaseClause(node)) {
        if (isProse(node.expression)) add('compares with a sentence', node.expression);
      } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const name = node.expression.name.text;
        if (looks.has(name) && node.arguments.some(isProse)) add('looks for words in a text', node);
        // What a store is called with is kept as it is.
        if (databaseCalls.has(name) && node.arguments.some((one) => isProse(one) && !isSql(one)))
          add('has English in SQL', node);
      } else if (ts.isRegularExpressionLiteral(node)) {
        if (isOverProse(node.text)) add('looks for words in a text', node);
      }
      if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))
        for (const text of englishIn(spelled(node))) found.push({ file, what: 'has English in SQL', text });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** A text of the source; what is put in at run time stands as one sign. */
function spelled(node: ts.StringLiteralLike | ts.TemplateExpression): string {
  if (!ts.isTemplateExpression(node)) return node.text;
  return node.head.text + node.templateSpans.map(({ literal }) => `?${literal.text}`).join('');
}

/** The same of a component, whose literals alone are looked at. */
export function proseInComponent(file: string): Finding[] {
  const found: Finding[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      value.forEach(visit);
      return;
    }
    const node = value as Record<string, unknown>;
    const operands = node['type'] === 'BinaryExpression' ? [node['left'], node['right']] : [];
    if (operands.some(isSentenceNode))
      found.push({ file, what: 'compares with a sentence', text: textOf(operands) });
    if (node['type'] === 'CallExpression') {
      const { property } = node['callee'] as { property?: { name?: string } };
      const args = node['arguments'] as unknown[];
      if (looks.has(property?.name ?? '') && args.some(isSentenceNode))
        found.push({ file, what: 'looks for words in a text', text: textOf(args) });
    }
    const { pattern } = (node['regex'] ?? {}) as { pattern?: string };
    if (pattern !== undefined && isOverProse(pattern))
      found.push({ file, what: 'looks for words in a text', text: pattern });
    for (const [key, child] of Object.entries(node)) if (key !== 'regex') visit(child);
  };
  const { fragment, instance, module } = parse(readFileSync(file, 'utf8'), { modern: true, filename: file });
  [fragment, instance, module].forEach(visit);
  return found;
}

function isSentenceNode(node: unknown): boolean {
  const { type, value } = node as { type: string; value?: unknown };
  return type === 'Literal' && typeof value === 'string' && isSentence(value);
}

const textOf = (nodes: readonly unknown[]) =>
  nodes.map((node) => String((node as { value?: unknown }).value ?? '…')).join(' | ');
