/** A SIP message as a test sees it. Reads only what tests ask for, and shares no code with the engine under test. */
export type PeerMessage = {
  readonly text: string;
  readonly startLine: string;
  /** Empty in a response. */
  readonly method: string;
  /** 0 in a request. */
  readonly status: number;
  readonly body: string;
  /** The first value, by a name in any case; undefined when absent. */
  header(name: string): string | undefined;
  headers(name: string): string[];
};

export function readMessage(text: string): PeerMessage {
  const end = text.indexOf('\r\n\r\n');
  const [startLine = '', ...lines] = (end === -1 ? text : text.slice(0, end)).split('\r\n');
  const headers = (name: string): string[] =>
    lines
      .filter((line) => line.slice(0, line.indexOf(':')).trim().toLowerCase() === name.toLowerCase())
      .map((line) => line.slice(line.indexOf(':') + 1).trim());
  const isResponse = startLine.startsWith('SIP/2.0 ');
  return {
    text,
    startLine,
    method: isResponse ? '' : (startLine.split(' ')[0] ?? ''),
    status: isResponse ? Number(startLine.split(' ')[1]) : 0,
    body: end === -1 ? '' : text.slice(end + 4),
    header: (name) => headers(name)[0],
    headers,
  };
}

/** Start line and headers as lines → the text of a message, with Content-Length. */
export function sipText(lines: readonly string[], body = ''): string {
  return [...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** The text of a response with the headers every response copies. `tag` is added to a To that has none. */
export function responseText(
  request: PeerMessage,
  statusLine: string,
  { tag = 'peer', headers = [], body = '' }: { tag?: string; headers?: readonly string[]; body?: string } = {},
): string {
  const to = request.header('To') ?? '';
  const isTagged = to.includes(';tag=') || statusLine.startsWith('100');
  return sipText(
    [
      `SIP/2.0 ${statusLine}`,
      ...request.headers('Via').map((via) => `Via: ${via}`),
      ...request.headers('Record-Route').map((route) => `Record-Route: ${route}`),
      `From: ${request.header('From') ?? ''}`,
      `To: ${to}${isTagged ? '' : `;tag=${tag}`}`,
      `Call-ID: ${request.header('Call-ID') ?? ''}`,
      `CSeq: ${request.header('CSeq') ?? ''}`,
      ...headers,
    ],
    body,
  );
}

/** An SDP offer or answer of one audio stream. */
export function sdp(address: string, port = 40_000): string {
  return ['v=0', `o=- 1 1 IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0', `m=audio ${port} RTP/AVP 0`, ''].join(
    '\r\n',
  );
}
