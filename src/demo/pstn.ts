// The demo's telephone network: an emulated Twilio on loopback, with a caller who leaves a message.
// Called by demo.ts.
// Must stay true: everything it says was read from the API or measured in the stored audio; no account, nothing outside this machine.
import { setTimeout as wait } from 'node:timers/promises';
import { requireProgram } from '#testing/peers/program.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { SipSide } from '#testing/twilio/sip/sip-side.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';

export const ours = '+14155550199';
const callerNumber = '+14155550123';
const callerToneHz = 500;
export const publicUrl = 'https://house.example';

export type EmulatedPstn = { readonly twilio: TwilioEmulator; readonly side: SipSide };

/** Undefined on a machine without openssl, which makes the certificate for SIP over TLS. */
export async function openPstn(stack: AsyncDisposableStack): Promise<EmulatedPstn | undefined> {
  try {
    requireProgram('openssl');
  } catch {
    return undefined;
  }
  const sides: SipSide[] = [];
  const twilio = stack.use(
    await TwilioEmulator.start({
      numbers: [{ phoneNumber: ours }],
      voice: async (state) => {
        const side = await SipSide.start(state, { toleratesBreaches: true });
        sides.push(side);
        return side;
      },
    }),
  );
  twilio.setTranscript('This is the plumber. I will be there at nine.');
  const [side] = sides;
  return side === undefined ? undefined : { twilio, side };
}

/** The settings of a house that is to find this Twilio. Its media needs no relay: everything is on this machine. */
export function pstnVariables({ twilio, side }: EmulatedPstn, publicPort: number): Record<string, string> {
  return {
    GOSIP_PUBLIC_URL: publicUrl,
    GOSIP_PUBLIC_HTTP_HOST: '127.0.0.1',
    GOSIP_PUBLIC_HTTP_PORT: String(publicPort),
    GOSIP_TWILIO_API_BASE: twilio.apiBase,
    GOSIP_SIP_HOSTS: `*.twilio.com=${side.at('tls')}`,
    GOSIP_SIP_TLS_CA: side.caFile,
    GOSIP_RING_SECONDS: '5',
    GOSIP_COUNTRY: 'US',
    GOSIP_MEDIA: 'direct',
  };
}

type Tour = {
  readonly outside: EmulatedPstn;
  readonly api: <Reply>(method: string, path: string, body?: unknown) => Promise<Reply>;
  readonly fetchAudio: (path: string) => Promise<Buffer>;
  readonly print: (text: string) => void;
  /** Settles when the house's phones ring. */
  readonly rings: () => Promise<void>;
};

type Step = { readonly step: string; readonly message: string };
type Health = { readonly parts: readonly { readonly name: string; readonly status: string }[] };
type Voicemail = {
  readonly id: string;
  readonly caller: { readonly number: string };
  readonly seconds: number;
  readonly audio: string;
  readonly transcript: string | null;
};

/** Sets the house up at Twilio as a person would, by the API. */
export async function setupTwilio({ outside, api, print }: Tour, personId: string): Promise<void> {
  const { accountSid, authToken } = outside.twilio;
  const plan = { accountSid, authToken, publicUrl, numbers: [ours], inbound: 'webhook', outbound: 'trunk' };
  const { isDone, steps } = await api<{ isDone: boolean; steps: readonly Step[] }>(
    'POST',
    '/system/setup/twilio/provision',
    plan,
  );
  for (const { step, message } of steps) print(`  ${step.padEnd(20)} ${message}`);
  if (!isDone) throw new Error('The setup did not come to its end');
  const { items } = await api<{ items: readonly { id: string; number: string }[] }>('GET', '/dids');
  const number = items.find((one) => one.number === ours);
  await api('PATCH', `/dids/${number?.id ?? ''}`, { ownerPersonId: personId });
  await api('PATCH', '/system/config/voicemail', { transcription: 'twilio' });
  await until(async () => {
    const { parts } = await api<Health>('GET', '/system/health');
    return parts.find(({ name }) => name === 'trunks')?.status === 'ok' ? true : undefined;
  });
  print('  registered over TLS, with digest');
}

/** A caller from outside gets no answer and leaves a message. */
export async function takeMessage({ outside: { twilio }, api, fetchAudio, print, rings }: Tour): Promise<void> {
  const started = performance.now();
  const since = () => `${(performance.now() - started).toFixed(0)} ms`.padStart(8);
  const rung = rings();
  const caller = twilio.callFrom(callerNumber, ours);
  await rung;
  print(`${since()}  Kitchen and Study ring; no one answers`);
  await until(() => twilio.recordings.find(({ callSid }) => callSid === caller.callSid));
  print(`${since()}  the caller hears the greeting and the tone, and speaks`);
  await caller.remoteParty.say({ kind: 'tone', frequency: callerToneHz, seconds: 3.5 }).done;
  caller.hangUp();
  print(`${since()}  and hangs up`);
  const message = await until(async () => {
    const [first] = (await api<{ items: readonly Voicemail[] }>('GET', '/voicemails')).items;
    return first?.audio === 'stored' && first.transcript !== null ? first : undefined;
  });
  const share = energyAt(readWav(await fetchAudio(`/voicemails/${message.id}/audio`)), callerToneHz);
  print('\nThe voicemail (GET /api/voicemails)');
  print(`  from ${message.caller.number}, ${message.seconds.toFixed(1)} s: “${message.transcript}”`);
  print(`  its audio is stored here; the ${callerToneHz} Hz that were spoken are ${Math.round(share * 100)} % of it`);
}

/** Asks again and again, for ten seconds at most. */
async function until<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  for (let tries = 0; tries < 500; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(20);
  }
  throw new Error('Nothing came of it in ten seconds');
}
