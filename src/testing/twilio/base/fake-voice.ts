import type { Clock } from '#base/clock.ts';
import type {
  InboundInvite,
  LegEnd,
  OutboundCall,
  Playing,
  PstnLeg,
  Recorded,
  LegRecording,
  RecordRequest,
  ReferHandler,
  AudioClip,
  VoiceLeg,
  VoiceSide,
} from './voice-side.ts';
import { sampleRate, wavFile } from './wav-file.ts';

/** How a SIP address behaves that the fake can reach. */
export type FakePhone = {
  readonly ringMs?: number;
  /** A final status instead of an answer. */
  readonly refusesWith?: number;
  readonly neverAnswers?: boolean;
  readonly say?: AudioClip;
  readonly hangUpAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

type Speech = { readonly clip: AudioClip; readonly startMs: number; stopMs: number };

/** A voice side without SIP and without RTP: everything is computed from the clock. */
export class FakeVoice implements VoiceSide {
  readonly #clock: Clock;
  readonly #phones = new Map<string, FakePhone>();
  readonly placed: OutboundCall[] = [];
  readonly legs: FakeVoiceLeg[] = [];
  bridges = 0;
  handleIncoming: ((call: InboundInvite) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `sip:pbx@home.sip.twilio.com`, without parameters. */
  setPhone(address: string, phone: FakePhone): void {
    this.#phones.set(address, phone);
  }

  readonly placeCall = (call: OutboundCall): VoiceLeg => {
    this.placed.push(call);
    const phone = this.#phones.get(call.to.replace(/;.*$/, ''));
    const leg = this.#leg(phone?.say);
    const headers = phone?.headers ?? {};
    void leg.ended.then((end) => call.onEnded({ ...end, headers }));
    if (phone === undefined) leg.finish({ status: 404, wasAnswered: false, by: 'far', twilioCode: 32_009 });
    else this.#ring(leg, call, phone);
    return leg;
  };

  readonly pstnLeg = ({ speak }: { readonly speak?: AudioClip }): PstnLeg => {
    const leg = this.#leg(speak);
    leg.isAnswered = true;
    return Object.assign(leg, {
      remoteParty: {
        hangup: () => leg.finish({ status: 200, wasAnswered: true, by: 'far' }),
        press: (digits: string) => leg.press(digits),
        say: (clip: AudioClip) => leg.say(clip),
        heard: () => new Int16Array(),
      },
    });
  };

  readonly onIncoming = (handler: (call: InboundInvite) => void): void => {
    this.handleIncoming = handler;
  };

  readonly onRefer = (handler: ReferHandler): void => {
    this.refer = handler;
  };
  /** A leg asks for a transfer. */
  refer: ReferHandler = () => undefined;

  /** The house dials out; what was done with the call stands in `events`. */
  receiveCall(facts: Pick<InboundInvite, 'kind' | 'domain' | 'from' | 'to' | 'username' | 'headers'>): {
    readonly leg: FakeVoiceLeg;
    readonly events: string[];
  } {
    const leg = this.#leg(undefined);
    const events: string[] = [];
    this.handleIncoming?.({
      ...facts,
      sourceIp: '203.0.113.7',
      sipCallId: 'house@0.0.0.0',
      leg,
      ring: () => void events.push('ring'),
      answer: () => {
        events.push('answer');
        leg.isAnswered = true;
        return Promise.resolve();
      },
      reject: (status) => {
        events.push(`reject ${status}`);
        leg.finish({ status, wasAnswered: false, by: 'near' });
      },
    });
    return { leg, events };
  }

  readonly bridge = (): { readonly undo: () => void } => {
    this.bridges += 1;
    return { undo: () => (this.bridges -= 1) };
  };

  [Symbol.asyncDispose](): Promise<void> {
    for (const leg of this.legs) leg.finish({ status: 487, wasAnswered: leg.isAnswered, by: 'near' });
    return Promise.resolve();
  }

  #leg(speak: AudioClip | undefined): FakeVoiceLeg {
    const leg = new FakeVoiceLeg(this.#clock, speak);
    this.legs.push(leg);
    return leg;
  }

  #ring(leg: FakeVoiceLeg, call: OutboundCall, phone: FakePhone): void {
    const ringMs = phone.ringMs ?? 20;
    if (phone.refusesWith !== undefined) {
      const status = phone.refusesWith;
      this.#clock.after(ringMs, () => leg.finish({ status, wasAnswered: false, by: 'far' }));
      return;
    }
    this.#clock.after(Math.min(5, ringMs), () => leg.isOver || call.onRinging());
    if (phone.neverAnswers === true) return;
    this.#clock.after(ringMs, () => {
      if (leg.isOver) return;
      leg.isAnswered = true;
      call.onAnswered({ headers: phone.headers ?? {} });
      const { hangUpAfterMs } = phone;
      if (hangUpAfterMs === undefined) return;
      this.#clock.after(hangUpAfterMs, () => leg.finish({ status: 200, wasAnswered: true, by: 'far' }));
    });
  }
}

export class FakeVoiceLeg implements VoiceLeg {
  readonly sipCallId = 'fake@0.0.0.0';
  readonly ended: Promise<LegEnd>;
  readonly played: AudioClip[] = [];
  readonly sent: string[] = [];
  isAnswered = false;
  isOver = false;
  readonly #clock: Clock;
  readonly #end = Promise.withResolvers<LegEnd>();
  readonly #listeners = new Set<(digit: string) => void>();
  readonly #speech: Speech[] = [];
  #waiting: AudioClip | undefined;
  hangupHeaders: Readonly<Record<string, string>> | undefined;

  constructor(clock: Clock, speak: AudioClip | undefined) {
    this.#clock = clock;
    this.#waiting = speak;
    this.ended = this.#end.promise;
  }

  finish(end: LegEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#end.resolve(end);
  }

  readonly hangup = (headers?: Readonly<Record<string, string>>): void => {
    this.hangupHeaders = headers;
    this.finish({ status: this.isAnswered ? 200 : 487, wasAnswered: this.isAnswered, by: 'near' });
  };

  readonly play = (clip: AudioClip): Playing => {
    this.played.push(clip);
    return this.#timed(lengthOf(clip));
  };

  readonly onDigit = (heard: (digit: string) => void): (() => void) => {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  };

  readonly sendDigits = (digits: string): Promise<void> => {
    this.sent.push(digits);
    return Promise.resolve();
  };

  press(digits: string): void {
    for (const digit of digits) for (const heard of this.#listeners) heard(digit);
  }

  say(clip: AudioClip): Playing {
    const startMs = this.#clock.now();
    this.#speech.push({ clip, startMs, stopMs: startMs + (lengthOf(clip) ?? Infinity) });
    return this.#timed(lengthOf(clip));
  }

  readonly record = (request: RecordRequest): LegRecording => {
    if (this.#waiting !== undefined) {
      this.say(this.#waiting);
      this.#waiting = undefined;
    }
    return this.#record(request);
  };

  #record(request: RecordRequest): LegRecording {
    const startMs = this.#clock.now();
    const { promise, resolve } = Promise.withResolvers<Recorded>();
    let isDone = false;
    const finish = (endedBy: Recorded['endedBy'], key?: string): void => {
      if (isDone) return;
      isDone = true;
      ticking.cancel();
      forget();
      const samples = this.#samples(startMs, this.#clock.now());
      resolve({
        wav: wavFile(request.track === 'dual' ? [samples, new Int16Array(samples.length)] : [samples]),
        durationMs: Math.round((samples.length / sampleRate) * 1000),
        isSilent: samples.every((sample) => sample === 0),
        endedBy,
        ...(key === undefined ? {} : { key }),
      });
    };
    const ticking = this.#clock.every(50, () => {
      const now = this.#clock.now();
      if (now - startMs >= request.maxSeconds * 1000) finish('length');
      const quietSince = Math.max(
        startMs,
        ...this.#speech.filter((each) => each.clip.kind !== 'silence').map((each) => Math.min(now, each.stopMs)),
      );
      if (request.stopSilenceSeconds !== undefined && now - quietSince >= request.stopSilenceSeconds * 1000) finish('silence');
    });
    const forget = this.onDigit((digit) => {
      if ((request.finishOnKey ?? '').includes(digit)) finish('key', digit);
    });
    void this.ended.then(() => finish('hangup'));
    return { done: promise, stop: () => finish('stopped'), pause: () => undefined, resume: () => undefined };
  }

  #samples(fromMs: number, untilMs: number): Int16Array {
    const samples = new Int16Array(Math.max(0, Math.round(((untilMs - fromMs) / 1000) * sampleRate)));
    for (const { clip, startMs, stopMs } of this.#speech) {
      const first = Math.max(0, Math.round(((startMs - fromMs) / 1000) * sampleRate));
      const last = Math.min(samples.length, Math.round(((stopMs - fromMs) / 1000) * sampleRate));
      for (let index = first; index < last; index += 1) samples[index] = sampleOf(clip, index - first);
    }
    return samples;
  }

  #timed(lengthMs: number | undefined): Playing {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (lengthMs !== undefined) this.#clock.after(lengthMs, resolve);
    void this.ended.then(() => resolve());
    return { done: promise, stop: resolve };
  }
}

function lengthOf(clip: AudioClip): number | undefined {
  if (clip.kind === 'samples') return (clip.samples.length / sampleRate) * 1000;
  return clip.seconds === undefined ? undefined : clip.seconds * 1000;
}

function sampleOf(clip: AudioClip, index: number): number {
  if (clip.kind === 'samples') return clip.samples[index] ?? 0;
  return clip.kind === 'tone' ? Math.round(9000 * Math.sin((2 * Math.PI * clip.frequency * index) / sampleRate)) : 0;
}
