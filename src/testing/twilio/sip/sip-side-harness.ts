import { createHash } from 'node:crypto';
import { systemClock } from '#base/clock.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import { SipSide } from './sip-side.ts';
import type { SipSideOptions } from './sip-side.ts';
import type {
  OutboundCall,
  LegEnd,
  SipDomainFacts,
  TrunkFacts,
  VoiceLeg,
  VoiceSideDeps,
} from '#testing/twilio/base/voice-side.ts';

// What the REST side would know, by hand, for tests of the SIP side alone.

export const domain = 'home.sip.twilio.com';
export const trunkName = 'home.pstn.twilio.com';
export const ourNumber = '+15555550199';

export type SipSideHarnessOptions = SipSideOptions & {
  readonly domainFacts?: Partial<SipDomainFacts>;
  readonly trunkFacts?: Partial<TrunkFacts>;
  readonly isSuspended?: boolean;
  readonly clock?: VoiceSideDeps['clock'];
};

export type SipSideHarness = AsyncDisposable & {
  readonly side: SipSide;
  readonly alerts: number[];
  /** Names of faults still to happen. */
  readonly faults: string[];
  readonly trunk: TrunkFacts;
};

export async function startSipSideHarness(options: SipSideHarnessOptions = {}): Promise<SipSideHarness> {
  const credentials = (username: string) => ({ pbx: 'a-Secret-42' })[username];
  const facts: SipDomainFacts = {
    sid: 'SD1',
    name: domain,
    secure: false,
    acceptsRegistrations: true,
    registrationCredentials: credentials,
    callCredentials: credentials,
    callAddresses: undefined,
    ...options.domainFacts,
  };
  const trunk: TrunkFacts = {
    sid: 'TK1',
    name: trunkName,
    secure: false,
    credentials,
    addresses: undefined,
    originationUris: [],
    transferMode: 'disable-all',
    ...options.trunkFacts,
  };
  const alerts: number[] = [];
  const faults: string[] = [];
  const side = await SipSide.start(
    {
      clock: options.clock ?? systemClock,
      directory: {
        accountSid: 'AC0123456789abcdef0123456789abcdef',
        isSuspended: () => options.isSuspended === true,
        domain: (name) => (name === domain ? facts : undefined),
        trunk: (name) => (name === trunkName ? trunk : undefined),
        ownsCallerId: (number) => number === ourNumber,
      },
      random: () => 0,
      takesFault: (name) => {
        const place = faults.indexOf(name);
        if (place !== -1) faults.splice(place, 1);
        return place !== -1;
      },
      alert: (code) => alerts.push(code),
    },
    options,
  );
  return { side, alerts, faults, trunk, [Symbol.asyncDispose]: () => side[Symbol.asyncDispose]() };
}

export type Told = {
  readonly leg: VoiceLeg;
  readonly events: string[];
  readonly rang: Promise<void>;
  readonly answered: Promise<Readonly<Record<string, string>>>;
  readonly ended: Promise<LegEnd & { readonly headers: Readonly<Record<string, string>> }>;
};

/** Places a call and keeps what is reported of it. */
export function call(place: (call: OutboundCall) => VoiceLeg, more: Partial<OutboundCall> = {}): Told {
  const happened: string[] = [];
  const rang = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Readonly<Record<string, string>>>();
  const ended = Promise.withResolvers<LegEnd & { readonly headers: Readonly<Record<string, string>> }>();
  const leg = place({
    callSid: 'CA0123456789abcdef0123456789abcdef',
    callerId: '+15555550100',
    to: `sip:pbx@${domain}`,
    headers: { 'X-Did': ourNumber },
    timeoutSeconds: 30,
    secure: false,
    onRinging: () => {
      happened.push('ringing');
      rang.resolve();
    },
    onAnswered: ({ headers }) => {
      happened.push('answered');
      answered.resolve(headers);
    },
    onEnded: (end) => {
      happened.push('ended');
      ended.resolve(end);
    },
    ...more,
  });
  return { leg, events: happened, rang: rang.promise, answered: answered.promise, ended: ended.promise };
}

/** A Proxy-Authorization line for a 407, as RFC 2617 says. */
export function authorization(
  challenge: PeerMessage,
  {
    method,
    uri,
    username = 'pbx',
    password = 'a-Secret-42',
  }: { method: string; uri: string; username?: string; password?: string },
): string {
  const header = challenge.header('Proxy-Authenticate') ?? '';
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const one = md5(`${username}:${field('realm')}:${password}`);
  const response = md5(`${one}:${field('nonce')}:00000001:abcdef:auth:${md5(`${method}:${uri}`)}`);
  return (
    `Proxy-Authorization: Digest username="${username}", realm="${field('realm')}", nonce="${field('nonce')}", uri="${uri}", ` +
    `response="${response}", opaque="${field('opaque')}", qop=auth, nc=00000001, cnonce="abcdef"`
  );
}
