import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Baresip } from '#testing/peers/baresip.ts';
import { freePort } from '#testing/base/free-port.ts';
import { House } from './house.ts';
import type { DeviceLogin, HouseOptions } from './house.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import type { EmulatorOptions } from '#testing/twilio/emulator.ts';
import { asText } from '#testing/twilio/base/records.ts';
import { SipSide } from '#testing/twilio/sip/sip-side.ts';
import type { SipSideOptions } from '#testing/twilio/sip/sip-side.ts';
import { energyAt } from '#testing/base/wav.ts';

export type TwilioHarnessOptions = {
  readonly trunks?: readonly object[];
  readonly environment?: Record<string, string>;
  readonly emulator?: Omit<EmulatorOptions, 'voice'>;
  readonly sip?: SipSideOptions;
  /** Of the house and its phones; one of its own otherwise, so that the media ports of houses that run at the same time are apart. */
  readonly address?: string;
  /** Laid over what is asked of the setup. */
  readonly setupPlan?: Record<string, unknown>;
};

export type Cdr = {
  readonly id: string;
  readonly direction: string;
  readonly disposition: string | null;
  readonly reason: string | null;
  readonly answeredAt: string | null;
  readonly durationSeconds: number;
  readonly caller: { readonly number: string; readonly name: string };
  readonly callee: { readonly number: string; readonly name: string };
  readonly number: string | null;
  readonly trunk: string | null;
};

type TwilioHarnessDeps = {
  readonly house: House;
  readonly twilio: TwilioEmulator;
  readonly side: SipSide;
  readonly start: (more: Pick<HouseOptions, 'token' | 'sipPort'>) => Promise<House>;
};

const publicUrl = 'https://house.example';

/** The real process, set up at an emulated Twilio through its own API, with real phones. */
export class TwilioHarness implements AsyncDisposable {
  /** Our number. */
  readonly ours = '+14155550199';
  /** A number of the telephone network. */
  readonly theirs = '+14155550123';
  house: House;
  readonly twilio: TwilioEmulator;
  readonly side: SipSide;
  personId = '';
  readonly #stack: AsyncDisposableStack;
  readonly #start: TwilioHarnessDeps['start'];

  private constructor(deps: TwilioHarnessDeps, stack: AsyncDisposableStack) {
    this.house = deps.house;
    this.#start = deps.start;
    this.twilio = deps.twilio;
    this.side = deps.side;
    this.#stack = stack;
  }

  static async start(options: TwilioHarnessOptions = {}): Promise<TwilioHarness> {
    await using stack = new AsyncDisposableStack();
    const sides: SipSide[] = [];
    const twilio = stack.use(
      await TwilioEmulator.start({
        numbers: [{ phoneNumber: '+14155550199' }],
        ...options.emulator,
        voice: async (deps) => {
          const side = await SipSide.start(deps, options.sip);
          sides.push(side);
          return side;
        },
      }),
    );
    const [side] = sides;
    if (side === undefined) throw new Error('The emulator did not start its SIP side');
    const address = options.address ?? `127.0.${randomInt(20, 250)}.${randomInt(2, 250)}`;
    const publicPort = await freePort(address);
    const folder = await mkdtemp(join(tmpdir(), 'gosip-twilio-house-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const start = (more: Pick<HouseOptions, 'token' | 'sipPort'> = {}) =>
      House.start({
        address,
        dataDirectory: folder,
        ...more,
        trunks: options.trunks ?? [],
        environment: {
          GOSIP_COUNTRY: 'US',
          GOSIP_RING_SECONDS: '20',
          GOSIP_TWILIO_API_BASE: twilio.apiBase,
          GOSIP_PUBLIC_HTTP_HOST: address,
          GOSIP_PUBLIC_HTTP_PORT: String(publicPort),
          GOSIP_SIP_HOSTS: `*.twilio.com=${side.at('tls')}`,
          GOSIP_SIP_TLS_CA: side.caFile,
          ...options.environment,
        },
      });
    const house = await start();
    twilio.mapOrigin(publicUrl, `http://${address}:${publicPort}`);
    const made = new TwilioHarness({ house, twilio, side, start }, stack.move());
    try {
      await made.setup(options.setupPlan ?? {});
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A phone of the person whom our number belongs to. */
  async phone(extension: string, toneHz: number, more: { answer?: 'auto' | 'manual' } = {}): Promise<Baresip> {
    return this.baresip(await this.house.addDevice(extension, { personId: this.personId }), toneHz, more);
  }

  async baresip(login: DeviceLogin, toneHz: number, more: { answer?: 'auto' | 'manual' } = {}): Promise<Baresip> {
    const { username, password } = login;
    const registrar = `${this.house.address}:${this.house.sipPort}`;
    const address = this.house.address;
    const phone = await Baresip.start({ address, username, password, registrar, toneHz, ...more });
    this.#stack.use(phone);
    await phone.registered();
    return phone;
  }

  /** An unanswered call whose caller leaves a message; settles when the caller has hung up. */
  async leaveVoicemail(hz: number, seconds = 2.5): Promise<string> {
    const caller = this.twilio.callFrom(this.theirs, this.ours);
    await waitFor('the beep of the voicemail', 30, () =>
      this.twilio.recordings.some(({ callSid }) => callSid === caller.callSid) ? true : undefined,
    );
    await caller.remoteParty.say({ kind: 'tone', frequency: hz, seconds }).done;
    caller.hangUp();
    await caller.over;
    return caller.callSid;
  }

  /** What a phone of the house dials for a number. */
  dial(number: string): string {
    return `sip:${number}@${this.house.address}:${this.house.sipPort}`;
  }

  /** The SIP Domain of the house. */
  get domain(): string {
    const [domain] = this.twilio.state.domains.values();
    return asText(domain?.['domain_name']);
  }

  /** A file of the API. */
  async audio(path: string): Promise<Buffer> {
    const { address, httpPort, token } = this.house;
    const response = await fetch(`http://${address}:${httpPort}/api${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  async cdrs(): Promise<readonly Cdr[]> {
    return (await this.house.api<{ items: Cdr[] }>('GET', '/cdrs')).items;
  }

  /** The newest record of a call, once it is closed. */
  async closedCall(limitSeconds = 30): Promise<Cdr> {
    return waitFor('the end of the call', limitSeconds, async () => {
      const [record] = await this.cdrs();
      return record === undefined || record.disposition === null ? undefined : record;
    });
  }

  /** Stops the process and starts another one on the same data. */
  restart(): Promise<void> {
    return this.whileStopped(() => Promise.resolve());
  }

  /** Runs between the end of the process and the start of the next one on the same data. */
  async whileStopped(run: () => Promise<void>): Promise<void> {
    const { token, sipPort } = this.house;
    await this.house[Symbol.asyncDispose]();
    await run();
    this.house = await this.#start({ token, sipPort });
    await this.registered();
  }

  /** Throws where the house asked Twilio for something that its documents do not know. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
    const { requestDeviationsSeen } = this.twilio.state;
    if (requestDeviationsSeen.size > 0)
      throw new Error(`The house asked Twilio for what it does not know:\n${[...requestDeviationsSeen].join('\n')}`);
  }

  async setup(plan: Record<string, unknown>): Promise<void> {
    const { house, twilio, ours } = this;
    const { id } = await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' });
    this.personId = id;
    const { accountSid, authToken } = twilio;
    const result = await house.api<{ isDone: boolean; steps: unknown }>('POST', '/system/setup/twilio/provision', {
      accountSid,
      authToken,
      publicUrl,
      numbers: [ours],
      inbound: 'webhook',
      outbound: 'trunk',
      ...plan,
    });
    if (!result.isDone) throw new Error(`The setup at Twilio failed: ${JSON.stringify(result.steps)}`);
    await this.#ownNumber();
    if (plan['inbound'] === undefined) await this.registered();
  }

  /** Resolves when Twilio would ring the house. */
  async registered(): Promise<void> {
    await waitFor('the registration at Twilio', 15, async () => {
      const { parts } = await this.house.api<{ parts: { name: string; status: string }[] }>('GET', '/system/health');
      return parts.find(({ name }) => name === 'trunks')?.status === 'ok' ? true : undefined;
    });
  }

  async #ownNumber(): Promise<void> {
    const { items } = await this.house.api<{ items: { id: string; number: string }[] }>('GET', '/dids');
    const known = items.find(({ number }) => number === this.ours);
    const owner = { ownerPersonId: this.personId };
    if (known === undefined) await this.house.api('POST', '/dids', { number: this.ours, ...owner });
    else await this.house.api('PATCH', `/dids/${known.id}`, owner);
  }
}

/** Asks again and again until there is something; fails by name after the limit. */
export async function waitFor<Value>(
  what: string,
  limitSeconds: number,
  look: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const until = performance.now() + limitSeconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`Not in ${limitSeconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How much of the loudest moment of 8 kHz samples lies at this frequency, 0 to 1. */
export function toneIn(samples: Int16Array, frequency: number): number {
  return energyAt({ sampleRate: 8000, samples }, frequency);
}
