import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { requireProgram } from '#testing/peers/program.ts';
import { decode } from '#media/g711.ts';
import { parseRtp } from '#media/rtp-packet.ts';
import { energyAt } from '#testing/base/wav.ts';

/** What is kept of each stream of audio: the last half second. */
const framesKept = 25;
const silentAfterMs = 400;

type Packet = { readonly protocol: 'udp' | 'tcp'; readonly from: string; readonly to: string; readonly payload: Buffer };
type Stream = { readonly ssrc: number; readonly frames: Buffer[]; lastAt: number };

export type CapturedMessage = { readonly from: string; readonly to: string; readonly text: string };

/** Listens to all packets of a network (tcpdump): whatever a phone itself says or hides, here it is seen and heard. */
export class PacketCapture implements AsyncDisposable {
  /** Every SIP message in the order it was seen, each once: retransmissions are left out. */
  readonly messages: CapturedMessage[] = [];
  readonly #seen = new Set<string>();
  readonly streams = new Map<string, Stream>();
  readonly #child: ChildProcess;
  #unread = Buffer.alloc(0);
  #hasHeader = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  static async listen(networkInterface: string): Promise<PacketCapture> {
    requireProgram('tcpdump');
    const args = ['-i', networkInterface, '--immediate-mode', '-U', '-s', '0', '-w', '-', 'udp or tcp'];
    const child = spawn('tcpdump', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    while (!words.includes('listening on')) {
      const [chunk] = (await once(child.stderr, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer];
      words += chunk.toString();
    }
    child.stderr.resume();
    return new PacketCapture(child);
  }

  /** The requests of one method that arrived at an address, each once. */
  requestsTo(address: string, method: string): CapturedMessage[] {
    return this.messages.filter(({ to, text }) => to === address && text.startsWith(`${method} `));
  }

  /** The final answers to INVITEs that arrived at an address, the challenges left out. */
  finalStatusesTo(address: string): number[] {
    return this.messages
      .filter(({ to, text }) => to === address && /^cseq\s*:\s*\d+ INVITE/im.test(text))
      .map(({ text }) => Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0))
      .filter((status) => status >= 200 && status !== 401 && status !== 407);
  }

  /** How much of the audio arriving at an address now lies at this frequency, 0 to 1; 0 where nothing arrives. Hears µ-law only. */
  toneShare(address: string, frequency: number): number {
    const stream = this.streams.get(address);
    if (stream === undefined || performance.now() - stream.lastAt > silentAfterMs) return 0;
    return energyAt({ sampleRate: 8000, samples: decode('PCMU', Buffer.concat(stream.frames)) }, frequency);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    if (!this.#hasHeader) {
      if (this.#unread.length < 24) return;
      this.#unread = this.#unread.subarray(24);
      this.#hasHeader = true;
    }
    while (this.#unread.length >= 16) {
      const length = this.#unread.readUInt32LE(8);
      if (this.#unread.length < 16 + length) return;
      const packet = parseFrame(this.#unread.subarray(16, 16 + length));
      this.#unread = this.#unread.subarray(16 + length);
      if (packet !== undefined) this.onPacket(packet);
    }
  }

  onPacket({ protocol, from, to, payload }: Packet): void {
    const text = messageIn(payload);
    if (text !== undefined) {
      const key = `${to} ${text.slice(0, text.indexOf('\r'))} ${/^(?:via|v)\s*:.*$/im.exec(text)?.[0] ?? ''}`;
      if (!this.#seen.has(key)) this.messages.push({ from, to, text });
      this.#seen.add(key);
    } else if (protocol === 'udp') this.onRtp(to, payload);
  }

  onRtp(to: string, payload: Buffer): void {
    const rtp = parseRtp(payload);
    if (rtp === undefined || rtp.payloadType !== 0 || rtp.payload.length < 80) return;
    let stream = this.streams.get(to);
    if (stream?.ssrc !== rtp.ssrc) stream = { ssrc: rtp.ssrc, frames: [], lastAt: 0 };
    stream.frames.push(Buffer.from(rtp.payload));
    if (stream.frames.length > framesKept) stream.frames.shift();
    stream.lastAt = performance.now();
    this.streams.set(to, stream);
  }
}

/** A SIP message at the start of a datagram, of a segment of TCP, or of the WebSocket frame in it. */
function messageIn(payload: Buffer): string | undefined {
  const text = (unmasked(payload) ?? payload).toString('latin1');
  const start = /^[^]{0,4}?(?=[A-Z]+ sips?:\S+ SIP\/2\.0\r\n|SIP\/2\.0 \d{3} )/.exec(text);
  return start === null ? undefined : text.slice(start[0].length);
}

/** The text frame of a browser, which masks all it sends (RFC 6455 section 5.2). */
function unmasked(payload: Buffer): Buffer | undefined {
  const length = payload[1] ?? 0;
  if (payload[0] !== 0x81 || length < 128 || length === 255) return undefined;
  const start = length === 254 ? 4 : 2;
  const mask = payload.subarray(start, start + 4);
  return Buffer.from(payload.subarray(start + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}

/** An Ethernet frame that holds IPv4 with UDP or TCP. */
function parseFrame(frame: Buffer): Packet | undefined {
  if (frame.length < 34 || frame.readUInt16BE(12) !== 0x0800) return undefined;
  const ip = frame.subarray(14, 14 + frame.readUInt16BE(16));
  const head = ((ip[0] ?? 0) & 15) * 4;
  const protocol = ip[9] === 17 ? 'udp' : ip[9] === 6 ? 'tcp' : undefined;
  if (protocol === undefined) return undefined;
  const skipped = protocol === 'udp' ? 8 : ((ip[head + 12] ?? 0) >> 4) * 4;
  return {
    protocol,
    from: [...ip.subarray(12, 16)].join('.'),
    to: [...ip.subarray(16, 20)].join('.'),
    payload: ip.subarray(head + skipped),
  };
}
