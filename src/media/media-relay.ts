// Owns the media relay of external calls: the rtpengine process, its calls, and the public address for RTP.
// Called by app/media.ts, which hands it to the SIP room and reports its health.
// Must stay true: no call stays in the relay after its end, and the relay never outlives this process.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { HealthStatus } from '#contract/system.ts';
import type { AnchorRequest, MediaRelayPort } from '#sip/relay/media-port.ts';
import { Anchors } from './anchors.ts';
import type { RelayAnchor } from './relay-anchor.ts';
import { chosenAddress, machineAddresses } from './local-address.ts';
import type { LocalAddresses } from './local-address.ts';
import { PublicAddress } from './public-address.ts';
import { RtpengineProcess } from './rtpengine-process.ts';
import type { RtpengineState } from './rtpengine-process.ts';

export type MediaRelayOptions = {
  /** `direct`: no relay, phones and trunks send RTP to each other. */
  readonly mode: 'rtpengine' | 'direct';
  readonly ports: { readonly min: number; readonly max: number };
  /** The local address for RTP; undefined: that of the default route. */
  readonly address?: string | undefined;
  readonly externalIp?: string | undefined;
  readonly stunServer?: { readonly host: string; readonly port: number } | undefined;
  /** For tests. */
  readonly program?: string | undefined;
};

type MediaRelayDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly options: MediaRelayOptions;
  /** Where the option does not say it. */
  readonly addresses?: LocalAddresses;
};

export class MediaRelay implements MediaRelayPort {
  readonly #options: MediaRelayOptions;
  readonly #process: RtpengineProcess;
  readonly #anchors: Anchors;
  readonly #publicAddress: PublicAddress;
  #wasRunning = false;

  constructor({ clock, log, options, addresses = machineAddresses }: MediaRelayDeps) {
    this.#options = options;
    const { address, ports, program } = options;
    this.#publicAddress = new PublicAddress({
      clock,
      log,
      localAddress: () => this.#process.address,
      externalIp: options.externalIp,
      stunServer: options.mode === 'direct' ? undefined : options.stunServer,
    });
    this.#process = new RtpengineProcess({
      clock,
      log,
      onStateChange: (state) => this.#changed(state),
      options: { ports, ...(program === undefined ? {} : { program }) },
      addresses: address === undefined ? addresses : chosenAddress(address),
    });
    this.#anchors = new Anchors({
      clock,
      log,
      control: () => this.#process.control,
      waitForControl: (waitMs) => this.#process.waitForControl(waitMs),
      onUnresponsive: () => this.#process.checkAlive(),
      ports: options.ports.max - options.ports.min + 1,
      addressFor: (trunk) => this.#publicAddress.for(trunk),
    });
  }

  /** Resolves when the relay answers or is known not to; never rejects. */
  async start(): Promise<void> {
    if (this.#options.mode === 'direct') return;
    this.#publicAddress.start();
    this.#anchors.start();
    await this.#process.start();
  }

  async stop(): Promise<void> {
    this.#publicAddress.stop();
    await this.#anchors.stop();
    await this.#process.stop();
  }

  /** Undefined where the endpoints send to each other. */
  anchor(request: AnchorRequest): RelayAnchor | undefined {
    return this.#options.mode === 'direct' ? undefined : this.#anchors.open(request);
  }

  learnPublicAddress(trunk: string, address: string): void {
    this.#publicAddress.learn(trunk, address);
  }

  /** Calls relayed now. */
  get size(): number {
    return this.#anchors.size;
  }

  get relayState(): RtpengineState {
    return this.#process.state;
  }

  /** Deletes calls that only the relay knows; resolves with their number. */
  sweep(): Promise<number> {
    return this.#anchors.sweep();
  }

  /** Why external calls have no audio, as a sentence. */
  get problem(): string | undefined {
    const { state } = this.#process;
    if (this.#options.mode === 'direct') return undefined;
    if (state.kind === 'missing')
      return 'Trunk calls have no audio until rtpengine is installed: sudo apt-get install rtpengine-daemon';
    return state.kind === 'failed' ? `Trunk calls have no audio: rtpengine is not running (${state.why})` : undefined;
  }

  health(): { readonly status: HealthStatus; readonly message: string } {
    if (this.#options.mode === 'direct')
      return { status: 'ok', message: 'Media of trunk calls is not relayed (option media is direct)' };
    if (this.#process.state.kind === 'running') return this.#runningHealth();
    return { status: 'degraded', message: this.problem ?? 'rtpengine is starting' };
  }

  #runningHealth(): { readonly status: HealthStatus; readonly message: string } {
    const { min, max } = this.#options.ports;
    const known = this.#publicAddress.known();
    const calls = this.#anchors.size === 1 ? '1 call' : `${this.#anchors.size} calls`;
    const where = known === undefined ? '' : `; public address ${known.address}, UDP ports ${min} to ${max}`;
    const stun = this.#publicAddress.stunProblem;
    if (stun !== undefined && known === undefined)
      return { status: 'degraded', message: `Relaying ${calls}; public address unknown: the STUN server failed (${stun})` };
    return { status: 'ok', message: `Relaying ${calls}${where}` };
  }

  #changed(state: RtpengineState): void {
    const isRunning = state.kind === 'running';
    if (this.#wasRunning && !isRunning && state.kind !== 'stopped') this.#anchors.onRelayGone();
    this.#wasRunning = isRunning;
  }
}
