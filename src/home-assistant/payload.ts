// Decides what is sent for a state, its attributes and an event.
// Called by the state and event feeds.
// Must stay true: a longer state is refused by Home Assistant and written whole into its log; attributes above 16 KB lose their history.
import type { Attributes, Entity, Occurrence } from '#contract/entity.ts';

const maxStateLength = 255;
const maxAttributesBytes = 12 * 1024;

/** Home Assistant's word for a state that is not known. */
const unknown = 'None';

/** `problem`: what is wrong with the state, for the log; `unknown` is sent then. */
export type Payload = { readonly text: string; readonly problem?: string };

export function statePayload(kind: Entity['kind'], state: boolean | number | string | undefined): Payload {
  if (kind === 'text') return textPayload(String(state ?? ''));
  if (state === undefined) return { text: unknown };
  if (typeof state === 'boolean') return { text: state ? 'ON' : 'OFF' };
  const text = String(state);
  if (typeof state === 'number' && !Number.isFinite(state)) return { text: unknown, problem: 'is no number' };
  if (text.length <= maxStateLength) return { text };
  return { text: unknown, problem: `is longer than ${maxStateLength} characters` };
}

/** In JSON, because a broker keeps no empty message: the field would show the word "unknown". */
function textPayload(text: string): Payload {
  const isTooLong = text.length > maxStateLength;
  const json = JSON.stringify({ text: isTooLong ? '' : text });
  return isTooLong ? { text: json, problem: `is longer than ${maxStateLength} characters` } : { text: json };
}

export function attributesPayload(attributes: Attributes): Payload {
  const text = JSON.stringify(attributes);
  if (Buffer.byteLength(text) <= maxAttributesBytes) return { text };
  return { text: '{}', problem: `has attributes of more than ${maxAttributesBytes} bytes` };
}

export function eventPayload({ type, attributes }: Occurrence): Payload {
  const text = JSON.stringify({ ...attributes, event_type: type });
  if (Buffer.byteLength(text) <= maxAttributesBytes) return { text };
  return { text: JSON.stringify({ event_type: type }), problem: `has attributes of more than ${maxAttributesBytes} bytes` };
}
