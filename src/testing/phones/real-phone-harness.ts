import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { pageOrigin } from './jssip.ts';
import { PhoneNetwork } from '#testing/peers/phone-network.ts';
import type { PhoneNetns } from '#testing/peers/phone-network.ts';
import type { RealPhone, RealPhoneOptions, Transport } from './real-phone.ts';
import { PacketCapture } from './packet-capture.ts';

export type StartPhone = (options: RealPhoneOptions) => Promise<RealPhone>;

export type PhoneKind = {
  readonly start: StartPhone;
  readonly transport: Transport;
  readonly type?: 'softphone' | 'webrtc';
};

/** A phone with its extension and all that is needed to start it again after its end. */
export type RunningPhone = {
  readonly phone: RealPhone;
  readonly login: DeviceLogin;
  readonly netns: PhoneNetns;
  readonly toneHz: number;
  readonly kind: PhoneKind;
};

export type RegistrationReply = { readonly contact: string; readonly userAgent: string | null };

/** The real process in a network of its own with real phones, and a listener on the wire. */
export class RealPhoneHarness implements AsyncDisposable {
  house: House;
  readonly capture: PacketCapture;
  readonly #stack: AsyncDisposableStack;
  readonly #network: PhoneNetwork;
  readonly #dataDirectory: string;

  private constructor(
    house: House,
    deps: { stack: AsyncDisposableStack; network: PhoneNetwork; capture: PacketCapture; dataDirectory: string },
  ) {
    this.house = house;
    this.capture = deps.capture;
    this.#stack = deps.stack;
    this.#network = deps.network;
    this.#dataDirectory = deps.dataDirectory;
  }

  static async start(): Promise<RealPhoneHarness> {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(PhoneNetwork.make());
    const capture = stack.use(await PacketCapture.listen(network.bridge));
    const dataDirectory = await mkdtemp(join(tmpdir(), 'gosip-phones-'));
    stack.defer(() => rm(dataDirectory, { recursive: true, force: true }));
    const house = await startHouse(network.address, dataDirectory);
    return new RealPhoneHarness(house, { stack: stack.move(), network, capture, dataDirectory });
  }

  /** A new place in the network of the house. */
  addNetns(): PhoneNetns {
    return this.#network.addNetns();
  }

  get address(): string {
    return this.#network.address;
  }

  /** Adds a device, plugs its phone in and waits until it is registered. Tones of whole multiples of 50 Hz. */
  async startPhone(kind: PhoneKind, extension: string, { toneHz }: { toneHz: number }): Promise<RunningPhone> {
    const login = await this.house.addDevice(extension, { type: kind.type ?? 'softphone' });
    return this.restartPhone({ kind, login, netns: this.addNetns(), toneHz });
  }

  /** The same phone once more, as after a power cut. */
  async restartPhone({ kind, login, netns, toneHz }: Omit<RunningPhone, 'phone'>): Promise<RunningPhone> {
    const { transport } = kind;
    const isRegistered = this.registrationWatcher(netns.address);
    const phone = await kind.start({ login, netns, exchange: this.address, transport, toneHz, capture: this.capture });
    this.endWithHarness(phone);
    if (!(await becomesTrue(isRegistered, 30))) throw new Error(`${phone.name} did not register:\n${phone.output()}`);
    return { phone, login, netns, toneHz, kind };
  }

  /** Ends this phone with the house. */
  endWithHarness(phone: RealPhone): void {
    this.#stack.use(phone);
  }

  /** Whether the exchange took a registration of this address from now on. */
  registrationWatcher(address: string): () => boolean {
    const since = this.capture.messages.length;
    const isTaken = /^SIP\/2\.0 200 [^]*^cseq\s*:\s*\d+ REGISTER/im;
    return () => this.capture.messages.slice(since).some(({ to, text }) => to === address && isTaken.test(text));
  }

  async registrations({ id }: Pick<DeviceLogin, 'id'>): Promise<readonly RegistrationReply[]> {
    return (await this.house.api<{ items: RegistrationReply[] }>('GET', `/devices/${id}/registrations`)).items;
  }

  /** Ends the process as a power cut does, and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.house.program.stop('SIGKILL');
    this.house = await startHouse(this.address, this.#dataDirectory, this.house.token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its phones need not take leave of it.
    await this.house[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
  }
}

/** Whether this becomes true within so many seconds. */
export async function becomesTrue(is: () => boolean, limitSeconds: number): Promise<boolean> {
  for (let waited = 0; waited < limitSeconds * 20; waited += 1) {
    if (is()) return true;
    await sleep(50);
  }
  return is();
}

function startHouse(address: string, dataDirectory: string, token?: string): Promise<House> {
  const listen = `udp:${address}:5060,tcp:${address}:5060,ws:${address}:5080`;
  return House.start({
    address,
    dataDirectory,
    sipPort: 5060,
    ...(token === undefined ? {} : { token }),
    environment: { GOSIP_SIP_LISTEN: listen, GOSIP_WEB_ORIGINS: pageOrigin },
  });
}
