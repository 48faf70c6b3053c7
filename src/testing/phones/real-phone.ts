import type { DeviceLogin } from '#testing/harness/house.ts';
import type { PhoneNetns } from '#testing/peers/phone-network.ts';
import type { PacketCapture } from './packet-capture.ts';

/** What a phone reports in its own output. */
export type PhoneSignal = 'rings' | 'talks' | 'ended';

export type Transport = 'udp' | 'tcp' | 'ws';

export type RealPhoneOptions = {
  readonly login: DeviceLogin;
  readonly netns: PhoneNetns;
  /** Address of the exchange, which listens on port 5060, and for WebSockets on 5080. */
  readonly exchange: string;
  readonly transport: Transport;
  /** Hz. A multiple of 50 has no seam between packets. */
  readonly toneHz: number;
  /** What it asks for at its registration, in seconds; 300 by default. */
  readonly expires?: number;
  /** How long it waits after a lost connection before it registers again; its own default where left out. */
  readonly reconnectSeconds?: number;
  readonly capture: PacketCapture;
};

/** A phone program as people use it, with its own address, settings folder and audio. */
export interface RealPhone extends AsyncDisposable {
  readonly name: string;
  readonly address: string;
  /** As the program says it. */
  readonly version: string;
  /** Resolves with the next news of this kind that was not waited for yet. */
  waitFor(signal: PhoneSignal, limitSeconds?: number): Promise<void>;
  /** Calls an extension. */
  dial(extension: string): Promise<void>;
  answer(): Promise<void>;
  hangUp(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Hands the call to an extension without asking there first. */
  transfer(extension: string): Promise<void>;
  /** The share of the audio it gets now that lies at this frequency, 0 to 1: 0 in silence. */
  toneShare(frequency: number): number | Promise<number>;
  /** All it said, for the report of a failure. */
  output(): string;
  /** As when its power fails. */
  kill(): Promise<void>;
}
