import { Baresip } from '#testing/peers/baresip.ts';
import type { PhoneSignal, RealPhone, RealPhoneOptions } from './real-phone.ts';

const events: Readonly<Record<PhoneSignal, string>> = {
  rings: 'CALL_INCOMING',
  talks: 'CALL_ESTABLISHED',
  ended: 'CALL_CLOSED',
};

/** baresip beside the other phones. What it hears is measured on its cable: it records nothing more once it was held. */
export class BaresipPhone implements RealPhone {
  readonly name = 'baresip';
  readonly address: string;
  readonly version: string;
  readonly toneShare: (frequency: number) => number;
  readonly #exchange: string;
  readonly #baresip: Baresip;
  readonly seen: Record<PhoneSignal, number> = { rings: 0, talks: 0, ended: 0 };

  private constructor({ netns, exchange, capture }: RealPhoneOptions, baresip: Baresip) {
    this.address = netns.address;
    this.#exchange = exchange;
    this.#baresip = baresip;
    this.toneShare = (frequency) => capture.toneShare(netns.address, frequency);
    this.version = /baresip v(\S+)/.exec(baresip.output())?.[1] ?? '';
  }

  static async start(options: RealPhoneOptions): Promise<BaresipPhone> {
    const { login, netns, exchange, transport, toneHz, expires = 300 } = options;
    if (transport === 'ws') throw new Error('baresip has no WebSockets');
    const { username, password } = login;
    const { address } = netns;
    const account = { address, netns, username, password, registrar: `${exchange}:5060`, transport, toneHz, expires };
    return new BaresipPhone(options, await Baresip.start(account));
  }

  async waitFor(signal: PhoneSignal, limitSeconds = 30): Promise<void> {
    this.seen[signal] += 1;
    await this.#baresip.waitForEvent(events[signal], { nth: this.seen[signal], limitSeconds });
  }

  async dial(extension: string): Promise<void> {
    this.#baresip.dial(this.#uri(extension));
  }

  async answer(): Promise<void> {
    this.#baresip.accept();
  }

  async hangUp(): Promise<void> {
    this.#baresip.hangup();
  }

  async hold(): Promise<void> {
    this.#baresip.command('hold');
  }

  async resume(): Promise<void> {
    this.#baresip.command('resume');
  }

  async transfer(extension: string): Promise<void> {
    this.#baresip.command('transfer', this.#uri(extension));
  }

  output(): string {
    return this.#baresip.output();
  }

  kill(): Promise<void> {
    return this.#baresip.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#baresip[Symbol.asyncDispose]();
  }

  #uri(extension: string): string {
    return `sip:${extension}@${this.#exchange}`;
  }
}
