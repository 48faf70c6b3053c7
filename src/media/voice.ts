// Owns where the house itself speaks into calls: a bounded number of RTP ends on this machine.
// Called by app/media.ts, which hands it to the SIP room.
// Must stay true: no end outlives its call or this process, and a house without a free port still takes its calls.
import { randomBytes } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { VoiceEndpoint, VoiceListener, VoicePort } from '#sip/relay/voice-port.ts';
import { machineAddresses } from './local-address.ts';
import type { LocalAddresses } from './local-address.ts';
import { PromptFiles } from './prompt-files.ts';
import { SpeechSynthesizer } from './speech-synthesizer.ts';
import { SpokenPhrases } from './spoken-phrases.ts';
import { RtpVoiceEndpoint } from './voice-endpoint.ts';
import { VoiceSockets } from './voice-sockets.ts';
import type { PortRange } from './voice-sockets.ts';

export type VoiceOptions = {
  /** The local address for RTP; undefined: that of the default route. */
  readonly address: string | undefined;
  /** Two for each end. */
  readonly ports: PortRange;
  readonly language: HouseLanguage;
  /** Two letters. */
  readonly country: string;
  /** For tests: the program that speaks texts. */
  readonly synthesizer?: string | undefined;
};

type VoiceDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly options: VoiceOptions;
  /** Where the option does not say it. */
  readonly addresses?: LocalAddresses;
};

export class Voice implements VoicePort {
  readonly #deps: VoiceDeps;
  readonly #sockets: VoiceSockets;
  readonly #phrases: SpokenPhrases;
  readonly #open = new Set<RtpVoiceEndpoint>();

  constructor(deps: VoiceDeps) {
    const { clock, log, options } = deps;
    this.#deps = deps;
    this.#sockets = new VoiceSockets(options.ports);
    this.#phrases = new SpokenPhrases({
      log,
      prompts: new PromptFiles(options.language),
      synthesizer: new SpeechSynthesizer({ clock, log, program: options.synthesizer }),
      country: options.country,
    });
  }

  /** Undefined, and logged, where no port is free. Never rejects. */
  async open(listener: VoiceListener): Promise<VoiceEndpoint | undefined> {
    const { clock, log, options, addresses = machineAddresses } = this.#deps;
    const address = options.address ?? (await addresses.current()) ?? '127.0.0.1';
    const sockets = await this.#sockets.open(address);
    if (sockets === undefined) {
      log.warn({ address, ...options.ports, open: this.#open.size }, 'House has no free port to speak from');
      return undefined;
    }
    const endpoint: RtpVoiceEndpoint = new RtpVoiceEndpoint({
      clock,
      log,
      sockets,
      address,
      listener,
      audioOf: (what) => this.#phrases.audioOf(what),
      random: () => randomBytes(4).readUInt32BE(),
      onClosed: () => this.#open.delete(endpoint),
    });
    this.#open.add(endpoint);
    return endpoint;
  }

  /** Ends in use. */
  get size(): number {
    return this.#open.size;
  }

  stop(): void {
    for (const endpoint of this.#open) endpoint.close();
  }
}
