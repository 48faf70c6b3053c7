import type { SipMessage } from './message.ts';

// Owns the bytes of outgoing messages.
// Called by the transports and the control protocol.
// Must stay true: one form only: names as in HeaderField.name, CRLF, no folding, Content-Length equal to the size of the body.

/** The bytes for the wire. Header text is a binary string, so every byte is sent as it was received. */
export function serialize(message: SipMessage): Buffer {
  return joined(head(message), message.body);
}

/** The bytes for the application: as on the wire, but header bytes that are not UTF-8 become U+FFFD, and no value is empty. */
export function serializeForApp(message: SipMessage): Buffer {
  const text = head(message);
  if (!hasHighByte(text)) return joined(text, message.body);
  const utf8 = Buffer.from(Buffer.from(text, 'latin1').toString('utf8'), 'utf8');
  return Buffer.concat([utf8, message.body]);
}

/** Bytes on the wire. All header text is a binary string, so that characters are bytes. */
export function wireSize(message: SipMessage): number {
  let bytes = message.isRequest
    ? message.method.length + message.requestUri.length + 13
    : String(message.status).length + message.reason.length + 13;
  for (const { name, value } of message.headers) bytes += name.length + value.length + 4;
  return bytes + message.body.length;
}

function head(message: SipMessage): string {
  let text = message.isRequest
    ? `${message.method} ${message.requestUri} SIP/2.0\r\n`
    : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  for (const field of message.headers) {
    if (field.key !== 'content-length') text += `${field.name}: ${field.value}\r\n`;
  }
  return `${text}Content-Length: ${message.body.length}\r\n\r\n`;
}

function joined(text: string, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(text.length + body.length);
  bytes.write(text, 0, 'latin1');
  if (body.length > 0) body.copy(bytes, text.length);
  return bytes;
}

function hasHighByte(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return true;
  return false;
}
