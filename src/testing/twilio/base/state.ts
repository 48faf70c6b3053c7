// All that the emulated Twilio remembers: one account with its numbers, messages, calls, recordings and SIP settings.
// The REST routes, the callbacks and the TwiML interpreter share it; tests reach it through the emulator.
// Must stay true: it lives in memory only, and its time and chance are handed in.
import type { Clock } from '#base/clock.ts';
import { Account } from './account.ts';
import { isoSeconds } from './dates.ts';
import { drawDelay } from './delays.ts';
import type { Delay, Delays } from './delays.ts';
import { Faults } from './faults.ts';
import type { MessageRecord, RecordingRecord, Resource, TranscriptionRecord } from './records.ts';
import { newSid } from './sids.ts';
import type { Random, SidPrefix } from './sids.ts';
import type { Switches } from './switches.ts';

export type EmulatorStateDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly delays: Delays;
  readonly switches: Switches;
  readonly accountSid?: string;
  readonly authToken?: string;
};

export type LoggedRequest = {
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly form: readonly (readonly [string, string])[];
  readonly authorization: string | undefined;
  /** Undefined while no answer was sent, or when none ever is. */
  status: number | undefined;
  readonly atMs: number;
};

export type Link = {
  readonly parentSid: string;
  readonly kind: 'calls' | 'addresses' | 'registrations';
  readonly listSid: string;
  readonly createdMs: number;
};

const maxRequests = 20_000;

export class EmulatorState {
  readonly clock: Clock;
  readonly random: Random;
  readonly delays: Delays;
  switches: Switches;
  readonly faults: Faults;
  readonly account: Account;
  /** Of the REST side and of the media host, oldest first. */
  readonly requests: LoggedRequest[] = [];
  /** What answers of ours had otherwise than Twilio's OpenAPI documents say: empty, or the emulator is no Twilio. */
  readonly replyDeviationsSeen = new Set<string>();
  /** The same of what was asked. */
  readonly requestDeviationsSeen = new Set<string>();

  readonly numbers = new Map<string, Resource>();
  readonly messages = new Map<string, MessageRecord>();
  readonly recordings = new Map<string, RecordingRecord>();
  readonly transcriptions = new Map<string, TranscriptionRecord>();
  readonly domains = new Map<string, Resource>();
  readonly credentialLists = new Map<string, Resource>();
  readonly credentials = new Map<string, Resource>();
  /** By credential sid; no answer ever shows them. */
  readonly passwords = new Map<string, string>();
  readonly accessLists = new Map<string, Resource>();
  readonly addressRanges = new Map<string, Resource>();
  /** Which list is tied to which SIP Domain or trunk, and for what. */
  readonly links = new Map<string, Link>();
  /** SIP Domain names that other accounts of Twilio hold. */
  readonly foreignDomains = new Set<string>();
  readonly trunks = new Map<string, Resource>();
  readonly messagingServices = new Map<string, Resource>();
  /** The Messaging Service that a number is in, by the sids of both. */
  readonly serviceOf = new Map<string, string>();
  readonly originationUrls = new Map<string, Resource>();
  readonly addresses = new Map<string, Resource>();
  readonly callerIds = new Map<string, Resource>();
  readonly flows = new Map<string, Resource>();
  readonly alerts = new Map<string, Resource>();
  readonly usageTriggers = new Map<string, Resource>();
  /** What caller name lookups know, by number. */
  readonly callerNames = new Map<string, string>();
  /** Numbers of ours that the US carriers do not know: what they send ends `undelivered` with 30034. */
  readonly unregisteredSenders = new Set<string>();
  /** Verbs without an action that asked their own document again: a loop unless the house watches out. */
  readonly loops: { readonly callSid: string; readonly verb: string }[] = [];
  /** `from far number|to our number`, put there by STOP. */
  readonly optOuts = new Set<string>();

  constructor({ clock, random, delays, switches, ...given }: EmulatorStateDeps) {
    this.clock = clock;
    this.random = random;
    this.delays = delays;
    this.switches = switches;
    this.faults = new Faults(random);
    this.account = new Account(random, given);
  }

  /** Twilio's time, skewed when that fault is armed. */
  now(): number {
    return this.clock.now() + (this.faults.isArmed('clock.skew')?.delayMs ?? 0);
  }

  sid(prefix: SidPrefix): string {
    return newSid(prefix, this.random);
  }

  get isSuspended(): boolean {
    return this.account.status !== 'active' || this.faults.isArmed('account.suspended') !== undefined;
  }

  numberOf(e164: string): Resource | undefined {
    return [...this.numbers.values()].find((number) => number['phone_number'] === e164);
  }

  isVerified(e164: string): boolean {
    return [...this.callerIds.values()].some((callerId) => callerId['phone_number'] === e164);
  }

  owns(e164: string): boolean {
    return this.numberOf(e164) !== undefined || this.isVerified(e164);
  }

  log(entry: LoggedRequest): void {
    this.requests.push(entry);
    if (this.requests.length > maxRequests) this.requests.shift();
  }

  /** What the debugger would show: readable through Monitor and Notifications. */
  alert(code: number, about: string, more: { readonly resourceSid?: string; readonly url?: string } = {}): void {
    const sid = this.sid('NO');
    const at = isoSeconds(this.now());
    this.alerts.set(sid, {
      sid,
      account_sid: this.account.sid,
      api_version: '2010-04-01',
      service_sid: null,
      url: `https://monitor.twilio.com/v1/Alerts/${sid}`,
      error_code: String(code),
      alert_text: about,
      log_level: code === 12200 || code === 32021 || code === 13214 ? 'warning' : 'error',
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      request_method: 'POST',
      request_url: more.url ?? '',
      resource_sid: more.resourceSid ?? '',
      date_created: at,
      date_generated: at,
      date_updated: at,
    });
  }

  /** Runs something later, after a delay drawn from the seed. */
  later(delay: Delay, run: () => void): void {
    this.clock.after(drawDelay(delay, this.random), run);
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(milliseconds, resolve);
    });
  }
}
