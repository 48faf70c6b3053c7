import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './program.ts';
import type { PhoneNetns } from './phone-network.ts';
import type { Program } from './program.ts';
import { freePort } from '#testing/base/free-port.ts';
import { energyAt, readWav, toneWav } from '#testing/base/wav.ts';
import type { WavAudio } from '#testing/base/wav.ts';

export type BaresipOptions = {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** `127.0.0.1:5060` of the registrar. */
  readonly registrar: string;
  readonly transport?: 'udp' | 'tcp';
  /** Where everything is sent to when the registrar's name cannot be looked up, such as `sip:127.0.0.1:5060;transport=tcp`. */
  readonly outbound?: string;
  /** The tone this phone plays into every call, Hz. */
  readonly toneHz: number;
  /** What it asks for at its registration, in seconds; 600 by default. */
  readonly expires?: number;
  /** `manual` by default. */
  readonly answer?: 'auto' | 'manual';
  /** Its output shows every SIP message. */
  readonly isTraced?: boolean;
  /** On this machine itself by default. */
  readonly netns?: PhoneNetns;
};

export type PhoneEvent = { readonly type: string; readonly param?: string; readonly peeruri?: string };

/** A real softphone (baresip) that plays a tone and records what it hears. */
export class Baresip implements AsyncDisposable {
  /** Where it takes SIP, such as `127.0.0.1:40000`. */
  readonly sipAddress: string;
  readonly #folder: string;
  readonly #program: Program;
  readonly #socket: Socket;
  readonly #events: PhoneEvent[] = [];
  readonly #watchers = new Set<() => void>();
  #unread = Buffer.alloc(0);

  private constructor(sipAddress: string, folder: string, { program, socket }: { program: Program; socket: Socket }) {
    this.sipAddress = sipAddress;
    this.#folder = folder;
    this.#program = program;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => {});
  }

  static async start(options: BaresipOptions): Promise<Baresip> {
    // It cannot listen on port 0: a port found free may be taken before it binds.
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await Baresip.#startOnce(options);
      } catch (error) {
        if (attempt === 5 || !String(error).includes('Address already in use')) throw error;
      }
    }
  }

  static async #startOnce(options: BaresipOptions): Promise<Baresip> {
    const folder = await mkdtemp(join(tmpdir(), 'gosip-baresip-'));
    // In a place of its own all ports are free.
    const controlPort = options.netns === undefined ? await freePort(options.address) : 4444;
    const sipPort = options.netns === undefined ? await freePort(options.address) : 5060;
    await mkdir(join(folder, 'heard'));
    await writeFile(join(folder, 'tone.wav'), toneWav({ frequency: options.toneHz, seconds: 180 }));
    await writeFile(join(folder, 'config'), configText(folder, options, { controlPort, sipPort }));
    await writeFile(join(folder, 'accounts'), accountText(options));
    await writeFile(join(folder, 'contacts'), '');
    const args = ['-4', ...(options.isTraced === true ? ['-s'] : []), '-f', folder];
    const program = startProgram(...(options.netns?.command('baresip', args) ?? (['baresip', args] as const)));
    try {
      await program.printed(/baresip is ready/);
      const socket = await open(controlPort, options.address);
      return new Baresip(`${options.address}:${sipPort}`, folder, { program, socket });
    } catch (error) {
      await program.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: '' });
    this.#socket.write(`${Buffer.byteLength(text)}:${text},`);
  }

  dial(uri: string): void {
    this.command('dial', uri);
  }

  accept(): void {
    this.command('accept');
  }

  hangup(): void {
    this.command('hangup');
  }

  get events(): readonly PhoneEvent[] {
    return this.#events;
  }

  output(): string {
    return this.#program.output().replaceAll(/\[\d+:\d+:\d+\] audio=\S+ \(bit\/s\)\s*/g, '');
  }

  /** Resolves when the registrar took its registration, which may be before its events can be heard. */
  async registered(): Promise<void> {
    await this.#program.printed(/200 OK \(.*\[\d+ binding/);
  }

  /** Resolves with the nth (default first) event of this type; rejects with all that happened after the limit. */
  waitForEvent(type: string, { nth = 1, limitSeconds = 30 } = {}): Promise<PhoneEvent> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.#events.filter((event) => event.type === type)[nth - 1];
        if (found === undefined) return;
        clearTimeout(limit);
        this.#watchers.delete(look);
        resolve(found);
      };
      const limit = setTimeout(() => {
        this.#watchers.delete(look);
        const seen = this.#events.map((event) => `${event.type} ${event.param ?? ''}`).join(', ');
        reject(new Error(`No ${type} in ${limitSeconds} s. Events: ${seen}\n${this.output()}`));
      }, limitSeconds * 1000);
      this.#watchers.add(look);
      look();
    });
  }

  /** The audio it asked for in session descriptions, or was offered: `127.0.0.1:9002`. Needs `isTraced`. */
  mediaAddresses(direction: 'sent' | 'received'): string[] {
    const ours = `UDP ${this.sipAddress} -> `;
    const messages = this.#program.output().split(/^(?=(?:UDP|TCP|TLS) \S+ -> \S+$)/m);
    return messages.flatMap((message) => {
      const address = /^c=IN IP4 (\S+)/m.exec(message)?.[1];
      const port = /^m=audio (\d+)/m.exec(message)?.[1];
      const isWanted = message.startsWith(ours) === (direction === 'sent');
      return address === undefined || port === undefined || !isWanted ? [] : [`${address}:${port}`];
    });
  }

  /** How much of the loudest moment heard in all calls so far lies at this frequency, 0 to 1. */
  async heard(frequency: number): Promise<number> {
    return Math.max(0, ...(await this.recordings()).map((sound) => energyAt(sound, frequency)));
  }

  /** The same for the last half second of each call. */
  async heardRecently(frequency: number): Promise<number> {
    const ends = (await this.recordings()).map(({ sampleRate, samples }) => ({
      sampleRate,
      samples: samples.subarray(-sampleRate / 2),
    }));
    return Math.max(0, ...ends.map((sound) => energyAt(sound, frequency)));
  }

  /** As when its power fails. */
  kill(): Promise<void> {
    return this.#program.stop('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** All that it has heard, one recording for each call. */
  async recordings(): Promise<WavAudio[]> {
    const folder = join(this.#folder, 'heard');
    const files = (await readdir(folder)).filter((name) => name.endsWith('-dec.wav'));
    return Promise.all(files.map(async (name) => readWav(await readFile(join(folder, name)))));
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (;;) {
      const colon = this.#unread.indexOf(':');
      if (colon === -1) return;
      const end = colon + 1 + Number(this.#unread.subarray(0, colon).toString());
      if (this.#unread.length < end + 1) return;
      const text = this.#unread.subarray(colon + 1, end).toString();
      this.#unread = this.#unread.subarray(end + 1);
      this.#note(text);
    }
  }

  #note(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    if (message['event'] !== true) return;
    this.#events.push(message as PhoneEvent);
    for (const watch of this.#watchers) watch();
  }
}

function configText(folder: string, { address }: BaresipOptions, ports: { controlPort: number; sipPort: number }): string {
  return [
    'poll_method epoll',
    `sip_listen ${address}:${ports.sipPort}`,
    'sip_verify_server no',
    `net_interface ${address}`,
    'call_local_timeout 120',
    'call_max_calls 4',
    `audio_source aufile,${folder}/tone.wav`,
    'audio_player aubridge,heard',
    'audio_alert aubridge,alert',
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'ausrc_channels 1',
    'auplay_channels 1',
    'audio_buffer 20-160',
    'rtp_ports 20002-31998',
    'module_path /usr/lib/baresip/modules',
    ...['g711.so', 'aufile.so', 'aubridge.so', 'sndfile.so', 'ctrl_tcp.so'].map((name) => `module ${name}`),
    'module_app account.so',
    'module_app menu.so',
    `ctrl_tcp_listen ${address}:${ports.controlPort}`,
    `snd_path ${folder}/heard`,
    '',
  ].join('\n');
}

function accountText(options: BaresipOptions): string {
  const { username, password, registrar, outbound, transport = 'udp', answer = 'manual', expires = 600 } = options;
  const parameters = [
    `auth_user=${username}`,
    `auth_pass=${password}`,
    'audio_codecs=pcmu',
    `answermode=${answer}`,
    `regint=${expires}`,
    ...(outbound === undefined ? [] : [`outbound="${outbound}"`]),
  ];
  return `<sip:${username}@${registrar};transport=${transport}>;${parameters.join(';')}\n`;
}

function open(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.once('error', reject);
  });
}
