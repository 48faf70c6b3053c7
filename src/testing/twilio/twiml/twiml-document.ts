import { schema } from './twiml-schema.ts';
import { elementsOf, parseXml, textOf } from './xml-parser.ts';
import type { XmlElement } from './xml-parser.ts';

/** One element of TwiML after unknown attributes and elements were left out. */
export type Verb = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Verb[];
  /** Trimmed. */
  readonly text: string;
};

export type Warning = { readonly code: number; readonly about: string };

export type TwimlResult =
  | { readonly kind: 'document'; readonly verbs: readonly Verb[]; readonly warnings: readonly Warning[] }
  | { readonly kind: 'invalid'; readonly code: number; readonly about: string };

const maxBytes = 64 * 1024;

/** Reads a TwiML document as Twilio does: strict XML, names case-sensitive, what it does not know left out with a warning. */
export function readTwiml(text: string): TwimlResult {
  if (Buffer.byteLength(text) > maxBytes) return { kind: 'invalid', code: 11750, about: 'the document is above 64 kB' };
  const parsed = parseXml(text);
  if (parsed.kind === 'malformed') return { kind: 'invalid', code: 12100, about: `${parsed.reason} at ${parsed.at}` };
  if (parsed.root.name !== 'Response') return { kind: 'invalid', code: 12102, about: `the root is <${parsed.root.name}>` };
  const warnings: Warning[] = [];
  const root = toVerb(parsed.root, warnings);
  return { kind: 'document', verbs: root.children, warnings };
}

export type ReplyBody = { readonly contentType: string | undefined; readonly body: Buffer };

/** What a webhook answered, by its content type: TwiML, audio to play, text to speak or send, or nothing Twilio can use. */
export function readReply({ contentType, body }: ReplyBody, textVerb: 'Say' | 'Message'): TwimlResult {
  if (body.length > maxBytes) return { kind: 'invalid', code: 11750, about: 'the reply is above 64 kB' };
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (['text/xml', 'application/xml', 'text/html'].includes(type)) return readTwiml(body.toString('utf8'));
  if (type === 'text/plain') return single(textVerb, body.toString('utf8').trim());
  if (type.startsWith('audio/') && textVerb === 'Say') return single('PlayReply', body.toString('latin1'));
  return { kind: 'invalid', code: 12300, about: contentType ?? 'no Content-Type' };
}

function single(name: string, text: string): TwimlResult {
  return { kind: 'document', verbs: [{ name, text, attributes: new Map(), children: [] }], warnings: [] };
}

function toVerb(element: XmlElement, warnings: Warning[]): Verb {
  const rule = schema[element.name] ?? { attributes: [], children: [], hasText: true };
  const warn = (about: string): void => void warnings.push({ code: 12200, about });
  const attributes = new Map<string, string>();
  for (const [name, value] of element.attributes) {
    if (rule.attributes.includes(name)) attributes.set(name, value);
    else if (!name.startsWith('xmlns')) warn(`attribute ${name} in <${element.name}>`);
  }
  const children: Verb[] = [];
  for (const child of elementsOf(element)) {
    if (rule.children.includes(child.name)) children.push(toVerb(child, warnings));
    else warn(`<${child.name}> in <${element.name}>`);
  }
  const text = element.name === 'Say' ? allText(element) : textOf(element);
  if (rule.hasText !== true && text.trim() !== '') warn(`text in <${element.name}>`);
  return { name: element.name, attributes, children, text: text.trim() };
}

/** The words of a Say also stand inside its speech marks. */
function allText(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : allText(child))).join('');
}
