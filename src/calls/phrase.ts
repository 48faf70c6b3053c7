/** The recorded words of the house, in each of its languages. `press-key` and `test-call` are followed by the digit. */
export const promptNames = [
  'cannot-be-taken',
  'not-permitted',
  'not-permitted-now',
  'limit-reached',
  'no-line',
  'unknown-number',
  'press-key',
  'wrong-key',
  'one-moment',
  'call-from',
  'hidden-number',
  'press-to-accept',
  'unknown-caller-for-child',
  'call-for-help',
  'press-to-take',
  'taken',
  'taken-by-another',
  'test-call',
  'test-call-works',
] as const;

export type PromptName = (typeof promptNames)[number];

/**
 * A piece of what the house says into a call. `number`: its digits one after the other. `text`: in any words, BCP 47; `otherwise` is said
 * where no program can speak it, that the call cannot be taken where undefined.
 */
export type Phrase =
  | { readonly kind: 'prompt'; readonly name: PromptName }
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'text'; readonly text: string; readonly language: string; readonly otherwise?: PromptName | 'nothing' }
  | { readonly kind: 'tone'; readonly tone: 'ringback' | 'beep' };
