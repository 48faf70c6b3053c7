import { randomBytes } from 'node:crypto';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { CallRecord } from '#calls/call.ts';
import { CallSearch } from '#calls/call-search.ts';
import type { FactSources } from '#calls/gather-facts.ts';
import { Calls } from '#calls/calls.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { TollFraudGuard } from '#calls/toll-fraud-guard.ts';
import type { TollFraudGuardDeps } from '#calls/toll-fraud-guard.ts';
import { OutgoingStore } from '#calls/outgoing-store.ts';
import type { Device } from '#devices/device.ts';
import type { Registration, SourceAddress } from '#devices/registration.ts';
import type { OurNumber } from '#numbers/number.ts';
import { createEngine } from '#sip-engine/engine.ts';
import { engineOptions } from '#sip-engine/engine-options.ts';
import { engineSystemClock } from '#sip-engine/runtime/system-clock.ts';
import type { MediaRelayPort } from '#sip/relay/media-port.ts';
import type { VoicePort } from '#sip/relay/voice-port.ts';
import { Sip } from '#sip/sip.ts';
import type { TrunkSettings } from '#sip/trunk/settings.ts';
import type { RingGroup } from '#routing/ring-group.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { systemClock } from '#base/clock.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import type { Clock } from '#base/clock.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { responseText, sipText } from '#testing/base/sip-text.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import { routingHarness } from './routing-harness.ts';

// The SIP room with the real engine and real calls; phones are scripted peers, devices and registrations plain values.
// Called by the tests of src/sip.
// Must stay true: nothing between the wire and the record is faked.

export const offerOf = (phone: string, direction = 'sendrecv', version = 1): string =>
  [
    'v=0',
    `o=${phone} 1 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 40000 RTP/AVP 0 101',
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');

export type SipHarnessOptions = {
  readonly trunks?: readonly TrunkSettings[];
  readonly numbers?: readonly OurNumber[];
  readonly groups?: readonly RingGroup[];
  readonly ringSeconds?: number;
  readonly sessionSeconds?: number;
  /** Calls outside are bounded, and these addresses are inside the house. */
  readonly isLocalAddress?: (address: string) => boolean;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly media?: MediaRelayPort;
  readonly voice?: VoicePort;
  /** Rules and switches, in place of none. */
  readonly routing?: Partial<FactSources>;
  readonly timers?: { t1: number; t2: number; t4: number; t1x64: number; timerC: number };
};

type SipHarnessDeps = {
  readonly sip: Sip;
  readonly calls: Calls;
  readonly search: CallSearch;
  readonly store: CdrStore;
  readonly engine: ReturnType<typeof createEngine>;
};

export class SipHarness implements AsyncDisposable {
  readonly devices: Device[] = [];
  readonly registrations = new Map<string, Registration[]>();
  readonly sip: Sip;
  readonly calls: Calls;
  readonly search: CallSearch;
  readonly store: CdrStore;
  readonly engine: ReturnType<typeof createEngine>;
  readonly #peers: SipPeer[] = [];

  private constructor(deps: SipHarnessDeps, devices: Device[], registrations: Map<string, Registration[]>) {
    this.devices = devices;
    this.registrations = registrations;
    this.sip = deps.sip;
    this.calls = deps.calls;
    this.search = deps.search;
    this.store = deps.store;
    this.engine = deps.engine;
  }

  static async start(options: SipHarnessOptions = {}): Promise<SipHarness> {
    const devices: Device[] = [];
    const registrations = new Map<string, Registration[]>();
    const secret = randomBytes(8).toString('hex');
    const listeners = (['udp', 'tcp', 'ws'] as const).map((protocol) => ({ protocol, host: '127.0.0.1', port: 0 }));
    const settings = { passTrying: true, ...(options.timers === undefined ? {} : { timers: options.timers }) };
    const engine = createEngine(engineOptions({ listeners, secret, settings, trusted: ['127.0.0.0/8'] }), {
      clock: engineSystemClock,
      log: silentLog,
    });
    await engine.start();
    const clock = options.clock ?? systemClock;
    const log = options.log ?? createLog({ level: 'silent' });
    const { db } = openDatabase({ path: ':memory:', log, clock });
    const store = new CdrStore(db);
    const sip = new Sip({
      clock,
      log,
      authenticate: ({ authorization = '' }) => {
        const device = devices.find(({ username }) => authorization === `Digest username="${username}"`);
        if (device === undefined)
          return { kind: 'challenge', challenges: ['Digest realm="a"', 'Digest realm="b"'], reason: 'no-credentials' };
        return { kind: 'accepted', device, nonceSerial: 0, lastNonceSerial: 0 };
      },
      // So that the engine knows whose connection it is; where a phone is reached, `register` says.
      registrar: {
        register: ({ contacts }) => {
          const granted = contacts.map((contact) => ({ ...contact, expiresSeconds: 3600, q: 1 }));
          return Promise.resolve({ kind: 'registered', deviceId: 'dev_', contacts: granted, path: [], isOutbound: false });
        },
      },
      isRegisteredFrom: () => registrations.size > 0,
      mayStillCall: (id) => devices.some((device) => device.id === id && device.enabled),
      trunks: options.trunks ?? [],
      ...(options.media === undefined ? {} : { media: options.media }),
      ...(options.voice === undefined ? {} : { voice: options.voice }),
      ...(options.sessionSeconds === undefined ? {} : { sessionSeconds: options.sessionSeconds }),
    });
    const numbers = options.numbers ?? [];
    const tollFraudGuard =
      options.isLocalAddress === undefined
        ? undefined
        : openTollFraudGuard({ clock, log, db, registrations, isLocalAddress: options.isLocalAddress });
    const { ringSeconds = 30, groups = [] } = options;
    const live = { of: (id: string) => registrations.get(id) ?? [] };
    const calls = new Calls({
      ...(tollFraudGuard === undefined ? {} : { tollFraudGuard }),
      clock,
      log,
      newId,
      store,
      trunks: sip.trunks,
      ringSeconds,
      events: new Events<Facts>(log),
      registrations: live,
      decideCall: routingHarness({
        ringSeconds,
        registrations: live,
        devices: { all: () => devices },
        groups: () => groups,
        ...options.routing,
      }),
      facts: {
        country: 'CA',
        devices: {
          byExtension: (extension) => devices.find((device) => device.extension === extension),
          byId: (id) => devices.find((device) => device.id === id),
          ofPerson: (person) => devices.filter((device) => device.personId === person),
        },
        byNumber: (number) => numbers.find((one) => one.number === number),
        hotlineOf: () => undefined,
        groupByExtension: (extension) => groups.find((group) => group.extension === extension),
        callerIdOf: (person) => numbers.find((one) => one.ownerPersonId === person),
        anyCallerId: () => numbers[0],
        nameOf: () => undefined,
      },
    });
    await sip.start({ host: '127.0.0.1', port: engine.controlPort, secret }, calls);
    return new SipHarness({ sip, calls, search: new CallSearch(db), store, engine }, devices, registrations);
  }

  /** The engine's SIP port of a protocol. */
  port(protocol: 'udp' | 'tcp' | 'ws' = 'udp'): number {
    return this.engine.ports[['udp', 'tcp', 'ws'].indexOf(protocol)] ?? 0;
  }

  get target() {
    return { address: '127.0.0.1', port: this.port() };
  }

  device(extension: string, personId?: string): Device {
    const known = this.devices.find((device) => device.extension === extension);
    if (known !== undefined) return known;
    const device: Device = {
      id: `dev_${extension}` as DeviceId,
      name: `Phone ${extension}`,
      extension,
      username: `user${extension}`,
      type: 'softphone',
      transports: ['udp'],
      personId: personId as PersonId | undefined,
      recordingEnabled: false,
      sha256: false,
      enabled: true,
      createdAt: 0,
    };
    this.devices.push(device);
    return device;
  }

  /** A registered phone; call it twice with one extension for two contacts. */
  async phone(extension: string, { personId, contact }: { personId?: string; contact?: string } = {}): Promise<ScriptedPhone> {
    const peer = await SipPeer.udp({ target: this.target });
    this.#peers.push(peer);
    const phone = new ScriptedPhone(this, peer, this.device(extension, personId));
    this.register(phone.device, { protocol: 'udp', address: peer.address, port: peer.port }, contact ?? phone.contact);
    return phone;
  }

  async peer(): Promise<SipPeer> {
    const peer = await SipPeer.udp({ target: this.target });
    this.#peers.push(peer);
    return peer;
  }

  register(device: Device, source: SourceAddress, contactUri: string): void {
    const registration: Registration = {
      id: newId('reg'),
      deviceId: device.id,
      contactUri,
      q: 1,
      params: new Map(),
      path: [],
      instanceId: undefined,
      regId: undefined,
      source,
      userAgent: undefined,
      callId: 'c',
      cseq: 1,
      lastNonceSerial: 0,
      registeredAt: 0,
      expiresAt: Infinity,
    };
    this.registrations.set(device.id, [...(this.registrations.get(device.id) ?? []), registration]);
  }

  records(): readonly CallRecord[] {
    return this.search.find({}, { limit: 100, offset: 0, sort: 'startedAt', order: 'asc' }).items;
  }

  /** The record number `index`, once it is closed. */
  async closed(index = 0): Promise<CallRecord> {
    await this.until(() => this.records()[index]?.verdict !== undefined, `the end of call ${index}`);
    const record = this.records()[index];
    if (record === undefined) throw new Error('The record is gone');
    return record;
  }

  /** Waits until no dialog is left. */
  async idle(): Promise<void> {
    await this.until(() => this.sip.sizes().dialogs === 0, 'no dialog');
  }

  /** Waits for something that no message of ours shows. */
  async until(isTrue: () => boolean, what: string): Promise<void> {
    const limit = Date.now() + 10_000;
    while (!isTrue()) {
      if (Date.now() > limit) throw new Error(`Waited in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sip.stop();
    // It gives finished transactions a second to repeat themselves: nothing a test has to wait for.
    this.engine.stop().catch(() => {});
    for (const peer of this.#peers) await peer[Symbol.asyncDispose]();
  }
}

type TestGuardDeps = Pick<TollFraudGuardDeps, 'clock' | 'log' | 'isLocalAddress'> & {
  readonly db: OpenedDatabase['db'];
  readonly registrations: ReadonlyMap<string, readonly Registration[]>;
};

function openTollFraudGuard({ db, registrations, ...deps }: TestGuardDeps): TollFraudGuard {
  const { log } = deps;
  const tollFraudGuard = new TollFraudGuard({
    ...deps,
    country: 'CA',
    events: new Events<Facts>(log),
    store: new OutgoingStore(db),
    writes: new WriteBatch({ db, log }),
    registrations: { of: (id) => registrations.get(id) ?? [] },
    limits: { calls: 5, callsPerPhone: 2, minutesADay: 1200, minutesADayPerPhone: 600, callMinutes: 240 },
  });
  tollFraudGuard.start();
  return tollFraudGuard;
}

/** One dialog as a phone sees it. */
export class ScriptedCall {
  readonly callId: string;
  readonly phone: ScriptedPhone;
  localTag = '';
  remoteTag = '';
  remoteTarget = '';
  local = '';
  remote = '';
  cseq = 1;
  invite: PeerMessage | undefined;

  constructor(phone: ScriptedPhone, callId: string) {
    this.phone = phone;
    this.callId = callId;
  }

  /** Sends a request in the dialog. */
  request(method: string, given: { body?: string; headers?: readonly string[]; cseq?: number; branch?: string } = {}): void {
    const { body = '', headers = [], cseq, branch = randomBytes(6).toString('hex') } = given;
    if (method !== 'ACK' && method !== 'CANCEL' && cseq === undefined) this.cseq += 1;
    this.phone.peer.send(
      sipText(
        [
          `${method} ${this.remoteTarget} SIP/2.0`,
          `Via: SIP/2.0/UDP ${this.phone.peer.host};branch=z9hG4bK${branch};rport`,
          'Max-Forwards: 70',
          `From: ${this.local}`,
          `To: ${this.remote}`,
          `Call-ID: ${this.callId}`,
          `CSeq: ${cseq ?? this.cseq} ${method}`,
          `Contact: <${this.phone.contact}>`,
          ...headers,
          ...(body === '' ? [] : ['Content-Type: application/sdp']),
        ],
        body,
      ),
    );
  }

  /** Takes dialog state from a response to our INVITE. */
  learn(response: PeerMessage): void {
    this.remote = response.header('To') ?? '';
    this.remoteTag = /tag=([^;>\s]+)/.exec(this.remote)?.[1] ?? '';
    this.remoteTarget = /<([^>]+)>/.exec(response.header('Contact') ?? '')?.[1] ?? this.remoteTarget;
  }

  /** ACK to a 2xx. */
  ack(body = ''): void {
    this.request('ACK', { body, cseq: this.cseq });
  }

  async bye(): Promise<void> {
    this.request('BYE');
    await this.phone.peer.skipTo(200);
  }
}

export class ScriptedPhone {
  readonly harness: SipHarness;
  readonly peer: SipPeer;
  readonly device: Device;

  constructor(harness: SipHarness, peer: SipPeer, device: Device) {
    this.harness = harness;
    this.peer = peer;
    this.device = device;
  }

  get contact(): string {
    return `sip:${this.device.username}@${this.peer.host}`;
  }

  get authorization(): string {
    return `Authorization: Digest username="${this.device.username}"`;
  }

  /** Sends an INVITE; what answers it is read by the test. */
  invite(
    dialled: string,
    {
      body = offerOf(this.device.extension),
      headers = [],
      isAuthenticated = true,
      from = this.device.extension,
    }: { body?: string; headers?: readonly string[]; isAuthenticated?: boolean; from?: string } = {},
  ): ScriptedCall {
    const call = new ScriptedCall(this, `${randomBytes(8).toString('hex')}@phone`);
    call.localTag = randomBytes(4).toString('hex');
    call.local = `"Forged" <sip:${from}@gosip>;tag=${call.localTag}`;
    call.remoteTarget = `sip:${dialled}@127.0.0.1:${this.harness.port()}`;
    const text = sipText(
      [
        `INVITE ${call.remoteTarget} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.peer.host};branch=z9hG4bK${call.localTag};rport`,
        'Max-Forwards: 70',
        `From: ${call.local}`,
        `To: <sip:${dialled}@gosip>`,
        `Call-ID: ${call.callId}`,
        'CSeq: 1 INVITE',
        `Contact: <${this.contact}>`,
        ...(isAuthenticated ? [this.authorization] : []),
        ...headers,
        ...(body === '' ? [] : ['Content-Type: application/sdp']),
      ],
      body,
    );
    this.peer.send(text);
    return call;
  }

  /** CANCEL of an INVITE made by `invite`. */
  cancel(call: ScriptedCall, dialled: string, headers: readonly string[] = []): void {
    this.peer.send(
      sipText([
        `CANCEL sip:${dialled}@127.0.0.1:${this.harness.port()} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.peer.host};branch=z9hG4bK${call.localTag};rport`,
        'Max-Forwards: 70',
        `From: ${call.local}`,
        `To: <sip:${dialled}@gosip>`,
        `Call-ID: ${call.callId}`,
        'CSeq: 1 CANCEL',
        ...headers,
      ]),
    );
  }

  /** Waits for an INVITE to this phone. */
  async incomingCall(): Promise<ScriptedCall> {
    const invite = await this.peer.expect('INVITE');
    const call = new ScriptedCall(this, invite.header('Call-ID') ?? '');
    call.invite = invite;
    call.localTag = randomBytes(4).toString('hex');
    call.local = `${invite.header('To')};tag=${call.localTag}`;
    call.remote = invite.header('From') ?? '';
    call.remoteTag = /tag=([^;>\s]+)/.exec(call.remote)?.[1] ?? '';
    call.remoteTarget = /<([^>]+)>/.exec(invite.header('Contact') ?? '')?.[1] ?? '';
    return call;
  }

  /** Answers the INVITE, or another request, of a call. */
  reply(
    call: ScriptedCall,
    statusLine: string,
    {
      body = '',
      headers = [],
      to = call.invite,
    }: { body?: string; headers?: readonly string[]; to?: PeerMessage | undefined } = {},
  ): void {
    if (to === undefined) throw new Error('There is nothing to answer');
    this.peer.send(
      responseText(to, statusLine, {
        tag: call.localTag,
        headers: [`Contact: <${this.contact}>`, ...headers, ...(body === '' ? [] : ['Content-Type: application/sdp'])],
        body,
      }),
    );
  }

  /** Rings and answers with our own session description; returns once the ACK is here. */
  async answer(call: ScriptedCall, body = offerOf(this.device.extension)): Promise<PeerMessage> {
    this.reply(call, '180 Ringing');
    this.reply(call, '200 OK', { body });
    return this.peer.skipTo('ACK');
  }
}

/** A call from one phone to the other, connected. */
export async function connectPhones(from: ScriptedPhone, to: ScriptedPhone): Promise<[ScriptedCall, ScriptedCall]> {
  const call = from.invite(to.device.extension);
  const incoming = await to.incomingCall();
  await to.answer(incoming);
  call.learn(await from.peer.skipTo(200));
  call.ack();
  return [call, incoming];
}
