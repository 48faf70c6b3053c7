// A speech-to-text server that speaks Wyoming, as the apps Whisper and Vosk do: it hears any audio and says what a test sets.
// Called by flows with a real Home Assistant, which connects to it by its integration "Wyoming Protocol".
// Must stay true: loopback only; it takes what the protocol has and nothing else.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

type Event = { readonly type: string; readonly data: Readonly<Record<string, unknown>>; readonly payload: Buffer };

export type HeardSpeech = {
  readonly language: string | undefined;
  /** Of each second, bytes of a sample, channels. */
  readonly rate: number;
  readonly width: number;
  readonly channels: number;
  readonly audio: Buffer;
};

const about = {
  attribution: { name: 'GoSIP', url: 'https://example.org' },
  installed: true,
  description: 'Test',
  version: '1.0',
};

export class WyomingStt implements AsyncDisposable {
  text = 'Call me back.';
  readonly heard: HeardSpeech[] = [];
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(languages: readonly string[] = ['en', 'de']): Promise<WyomingStt> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      serve(socket, stt, languages);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stt = new WyomingStt(server, sockets);
    return stt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function serve(socket: Socket, stt: WyomingStt, languages: readonly string[]): void {
  let rest: Buffer = Buffer.alloc(0);
  let language: string | undefined;
  let format = { rate: 0, width: 0, channels: 0 };
  const chunks: Buffer[] = [];
  const take = ({ type, data, payload }: Event) => {
    if (type === 'describe') send(socket, 'info', infoOf(languages));
    if (type === 'transcribe') language = typeof data['language'] === 'string' ? data['language'] : undefined;
    if (type === 'audio-start') format = data as typeof format;
    if (type === 'audio-chunk') chunks.push(payload);
    if (type !== 'audio-stop') return;
    stt.heard.push({ ...format, language, audio: Buffer.concat(chunks.splice(0)) });
    send(socket, 'transcript', { text: stt.text });
  };
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let found = readEvent(rest); found !== undefined; found = readEvent(rest)) {
      rest = found.rest;
      take(found.event);
    }
  });
}

/** A line of JSON, then so many bytes of further JSON, then so many of payload. */
function readEvent(bytes: Buffer): { readonly event: Event; readonly rest: Buffer } | undefined {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const header = JSON.parse(bytes.toString('utf8', 0, end)) as {
    type: string;
    data?: object;
    data_length?: number;
    payload_length?: number;
  };
  const dataEnd = end + 1 + (header.data_length ?? 0);
  const payloadEnd = dataEnd + (header.payload_length ?? 0);
  if (bytes.length < payloadEnd) return undefined;
  const more = dataEnd > end + 1 ? (JSON.parse(bytes.toString('utf8', end + 1, dataEnd)) as object) : {};
  const event = { type: header.type, data: { ...header.data, ...more }, payload: bytes.subarray(dataEnd, payloadEnd) };
  return { event, rest: bytes.subarray(payloadEnd) };
}

function send(socket: Socket, type: string, data: object): void {
  const body = Buffer.from(JSON.stringify(data));
  socket.write(`${JSON.stringify({ type, version: '1.9.0', data_length: body.length })}\n`);
  socket.write(body);
}

function infoOf(languages: readonly string[]): object {
  const model = { name: 'test', ...about, languages };
  return {
    asr: [{ name: 'gosip-test', ...about, models: [model] }],
    tts: [],
    handle: [],
    intent: [],
    wake: [],
    mic: [],
    snd: [],
  };
}
