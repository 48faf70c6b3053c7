// Reads one command of an automation.
// Called by the command desk.
// Must stay true: what the command gets has passed its schema; where a reply goes is known even if the rest is nonsense.
import { isRecord, parseJson } from '#base/json.ts';
import type { CommandDeclaration } from '#contract/command.ts';
import { validate } from '#contract/validation.ts';

export type Request = { readonly requestId: string | undefined } & (
  | { readonly kind: 'request'; readonly input: unknown }
  /** `problem`: in the words of whoever wrote the automation. */
  | { readonly kind: 'nonsense'; readonly problem: string }
);

export const noSuchCommand = 'There is no command of this name';

/** It is a level of a topic. */
const requestIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** `input`: undefined where there is no such command. */
export function parseRequest(payload: string, input: CommandDeclaration['input'] | undefined): Request {
  // An automation that sends nothing sends an empty text.
  const values = payload === '' ? {} : parseJson(payload);
  const nonsense = (problem: string, requestId?: string): Request => ({ kind: 'nonsense', problem, requestId });
  if (!isRecord(values)) return nonsense('The message is not a JSON object');
  const { request_id: given, ...rest } = values;
  const isId = typeof given === 'string' && requestIdPattern.test(given);
  if (given !== undefined && !isId) return nonsense('request_id must be 1 to 64 letters, digits, dashes and underscores');
  const requestId = isId ? given : undefined;
  if (input === undefined) return nonsense(noSuchCommand, requestId);
  const checked = validate(input, rest);
  if (checked.kind === 'fits') return { kind: 'request', input: checked.value, requestId };
  return nonsense(checked.problems.map(({ field, message }) => `${field} ${message}`.trim()).join('; '), requestId);
}
