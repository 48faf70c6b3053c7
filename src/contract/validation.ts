import type { z } from 'zod';

/** One thing wrong with an input: the field as a dotted path, and what is wrong in plain words. */
export type Problem = { readonly field: string; readonly message: string };

export type ValidationResult<Value> =
  | { readonly kind: 'fits'; readonly value: Value }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** Parses `value` by `schema`; everything that does not fit is listed, in words a person can act on. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): ValidationResult<z.output<Schema>> {
  const parsed = schema.safeParse(value, { error: plainMessageOf });
  if (parsed.success) return { kind: 'fits', value: parsed.data };
  return { kind: 'problems', problems: parsed.error.issues.flatMap(toProblems) };
}

function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
  return keys.map((key) => ({
    field: [...issue.path, ...(key === undefined ? [] : [key])].join('.'),
    message: key === undefined ? issue.message : 'is not known here',
  }));
}

const badTime = 'must be a time with its offset, such as 2026-01-31T18:30:00Z or 2026-01-31T19:30:00+01:00';

/** Words for what the schemas leave to the library; `undefined` keeps the library's own. */
function plainMessageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return issue.values.length === 1 ? `must be ${String(issue.values[0])}` : `must be one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'datetime' ? badTime : undefined;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return undefined;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' || origin === 'set' ? ' entries' : '';
}

function article(expected: string): string {
  const word = {
    int: 'whole number',
    number: 'number',
    string: 'text',
    boolean: 'yes or no',
    array: 'list',
    object: 'group of fields',
  }[expected];
  return word === undefined ? expected : word === 'text' || word === 'yes or no' ? word : `a ${word}`;
}
