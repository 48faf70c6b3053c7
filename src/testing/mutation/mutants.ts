import { parseAst } from 'rolldown/parseAst';

// Owns what a mutant is: one small change of a source text that a test should notice.
// Called by the mutation run.
// Must stay true: a mutant compiles, ends (conditions of loops are left alone) and differs in one place only.

/** `text` takes the place of the source between `start` and `end`, offsets in UTF-16 units. */
export type Mutant = {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly what: string;
  readonly text: string;
};

type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [key: string]: unknown };
type Change = Pick<Mutant, 'start' | 'end' | 'text'>;

const otherOperator: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
};
const loops = new Set(['WhileStatement', 'DoWhileStatement', 'ForStatement']);
/** Wrap an expression; everything else that begins with TS is a type. */
const casts = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** Every mutant of a TypeScript file. Throws where it does not parse. */
export function mutantsOf(source: string): readonly Mutant[] {
  const found: Change[] = [];
  const visit = (node: Node): void => {
    if (casts.has(node.type)) return visit(node['expression'] as Node);
    if (node.type === 'ImportDeclaration' || node.type.startsWith('TS')) return;
    found.push(...changesOf(node, source));
    for (const [key, child] of Object.entries(node)) {
      if (loops.has(node.type) && key !== 'body') continue;
      for (const one of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(one)) visit(one);
    }
  };
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node);
  return found
    .filter(({ start, end, text }) => source.slice(start, end) !== text)
    .map((change) => ({ ...change, line: source.slice(0, change.start).split('\n').length, what: describe(change, source) }));
}

/** The source with the mutant in it. */
export function applyMutant(source: string, { start, end, text }: Mutant): string {
  return source.slice(0, start) + text + source.slice(end);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function changesOf(node: Node, source: string): Change[] {
  const { start, end } = node;
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return operatorChange(node, source);
    case 'Literal':
      return literalChange(node);
    case 'UnaryExpression':
      return node['operator'] === '!' ? [{ start, end, text: source.slice((node['argument'] as Node).start, end) }] : [];
    case 'IfStatement':
      return [true, false].map((text) => replaced(node['test'] as Node, String(text)));
    case 'ConditionalExpression':
      return [true, false].map((text) => replaced(node['test'] as Node, String(text)));
    case 'ExpressionStatement':
      return isCall(node['expression'] as Node) && !isLogging(source.slice(start, end)) ? [{ start, end, text: ';' }] : [];
    default:
      return [];
  }
}

const replaced = ({ start, end }: Node, text: string): Change => ({ start, end, text });

function isCall({ type, ...node }: Node): boolean {
  if (type === 'AwaitExpression' || type === 'UnaryExpression') return isCall(node['argument'] as Node);
  if (type === 'ChainExpression') return isCall(node['expression'] as Node);
  return type === 'CallExpression' && (node['callee'] as Node).type !== 'Super';
}

/** What is logged is read by people, not by tests. */
const isLogging = (text: string): boolean => /^(this\.#deps\.|this\.#)?log\.\w+\(/.test(text);

function operatorChange(node: Node, source: string): Change[] {
  const operator = node['operator'] as string;
  const other = otherOperator[operator];
  const [left, right] = [node['left'] as Node, node['right'] as Node];
  if (other === undefined || ((operator === '+' || operator === '-') && isText(left, right))) return [];
  const at = source.indexOf(operator, left.end);
  return at === -1 || at >= right.start ? [] : [{ start: at, end: at + operator.length, text: other }];
}

/** Text that is put together, which cannot be subtracted. */
function isText(...nodes: readonly Node[]): boolean {
  return nodes.some(
    ({ type, value, left, right }) =>
      type === 'TemplateLiteral' ||
      typeof value === 'string' ||
      (type === 'BinaryExpression' && isText(left as Node, right as Node)),
  );
}

function literalChange({ start, end, value }: Node): Change[] {
  if (typeof value === 'boolean') return [{ start, end, text: String(!value) }];
  return typeof value === 'number' ? [{ start, end, text: value === 0 ? '1' : `${value * 10}` }] : [];
}

function describe({ start, end, text }: Change, source: string): string {
  const lineStart = source.lastIndexOf('\n', start) + 1;
  const lineEnd = source.indexOf('\n', start);
  const line = source.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).trim();
  const was = source.slice(start, end).replaceAll(/\s+/g, ' ');
  return `${was.length > 60 ? `${was.slice(0, 60)}…` : was} → ${text === ';' ? '(removed)' : text}   in   ${line}`;
}
