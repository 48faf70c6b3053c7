import type { Json } from '#testing/twilio/base/records.ts';

/** The answer of the 2010 API to a request that did not ask for JSON. */
export function toXml(json: Json, status: number): string {
  const body = status >= 400 ? element('RestException', json) : element('Resource', json);
  return `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>${body}</TwilioResponse>`;
}

function element(name: string, json: Json): string {
  return `<${name}>${content(json)}</${name}>`;
}

function content(json: Json): string {
  if (json === null) return '';
  if (typeof json !== 'object') return escape(String(json));
  if (Array.isArray(json)) return json.map((item: Json) => element('Item', item)).join('');
  return Object.entries(json)
    .map(([key, value]) => element(camel(key), value as Json))
    .join('');
}

function camel(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
