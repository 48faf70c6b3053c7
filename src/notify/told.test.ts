import { beforeEach, describe, expect, it } from 'vitest';
import { Events } from '#base/events.ts';
import type { CallId, PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import { changedPreferences, defaultPreferences } from './preference.ts';
import type { PreferencesChange } from './preference.ts';
import { catchUp } from './catch-up.ts';
import { Recipients } from './recipients.ts';
import type { ToldCall } from './recipients.ts';
import { Telling } from './told.ts';
import type { MissedCall, ToldDeps, ToldMessage, ToldVoicemail } from './told.ts';

const log = createLog({ level: 'silent' });
const [anna, ben, admin] = ['person_anna', 'person_ben', 'person_admin'] as const;
const rings = (call: Partial<ToldCall>): ToldCall => ({ direction: 'inbound', persons: [], isHouse: false, ...call });
const missed = (call: Partial<MissedCall>): MissedCall => ({ ...rings(call), mailbox: undefined, ...call });

/** A house whose rooms say what a test says, and which keeps what is told. */
class House {
  readonly events = new Events<Facts>(log);
  now = 1_000_000;
  told: string[] = [];
  done: string[] = [];
  notBefore: number | undefined;
  chosen: Partial<Record<PersonId, PreferencesChange>> = {};
  toldBefore: readonly PersonId[] = [];
  ringing: ToldCall | undefined;
  missed: MissedCall | undefined;
  voicemail: ToldVoicemail | undefined;
  message: ToldMessage | undefined;
  readonly telling: Telling;

  constructor() {
    const { events } = this;
    const deliveries: ToldDeps['deliveries'] = {
      tell: (all) => {
        for (const { notification, personId, dedupe, notBefore, after, unless } of all) {
          const keys = [after === undefined ? [] : `after ${after}`, unless === undefined ? [] : `unless ${unless}`].flat();
          this.told.push([notification.kind, personId, dedupe, ...keys].join(' '));
          this.notBefore = notBefore;
        }
      },
      advance: (id, kind) => void this.done.push(`advance ${id} ${kind}`),
      cancel: (id, kind, reason) => void this.done.push(`cancel ${id} ${kind} ${reason}`),
      personsOf: () => this.toldBefore,
      reconsider: (personId) => void this.done.push(`reconsider ${personId}`),
    };
    const preferences = { of: (id: PersonId) => changedPreferences(defaultPreferences, this.chosen[id] ?? {}) };
    this.telling = new Telling({
      events,
      clock: { now: () => this.now },
      log,
      writes: { write: (run) => run() },
      deliveries,
      recipients: new Recipients({ administrators: () => [admin], preferences }),
      sources: {
        ringing: () => this.ringing,
        missed: () => this.missed,
        voicemail: () => this.voicemail,
        message: () => this.message,
      },
    });
    this.telling.start();
  }

  ended(call: MissedCall | undefined): readonly string[] {
    this.missed = call;
    this.told = [];
    this.events.emit('call.ended', { callId: 'call_1', disposition: 'missed', reason: 'no-answer' });
    return this.told;
  }
}

describe('what is told to whom', () => {
  let house: House;
  beforeEach(() => {
    house = new House();
    return () => house.telling.stop();
  });

  it.each<[string, MissedCall | undefined, PreferencesChange, readonly string[]]>([
    ['a missed call to whoever it rang', missed({ persons: [anna, ben] }), {}, [anna, ben]],
    ['one of the house to its administrators', missed({ isHouse: true }), {}, [admin]],
    ['one of the house to no administrator who does not want that', missed({ isHouse: true }), { houseItems: false }, []],
    ['one of somebody else to no administrator', missed({ persons: [anna] }), {}, [anna]],
    ['one within the house to nobody', missed({ persons: [admin], direction: 'internal' }), {}, []],
    [
      'one within the house to whoever wants that',
      missed({ persons: [admin], direction: 'internal' }),
      { internalCalls: true },
      [admin],
    ],
    ['one that was answered, blocked or clicked to nobody', missed({}), {}, []],
    ['a voicemail in place of the call to its owner', missed({ persons: [anna], mailbox: anna }), {}, []],
    ['the call to whoever else it rang', missed({ persons: [anna, ben], mailbox: ben }), {}, [anna]],
    [
      'the voicemail of the house in place of the call to its administrators',
      missed({ persons: [admin, ben], mailbox: null }),
      {},
      [ben],
    ],
    [
      'the call to an administrator who is not told of the voicemail',
      missed({ persons: [admin], mailbox: null }),
      { houseItems: false },
      [admin],
    ],
    ['a call that goes on to nobody', undefined, {}, []],
  ])('tells %s', (_, call, ofAdmin, persons) => {
    house.chosen = { [admin]: ofAdmin };
    expect(house.ended(call)).toEqual(persons.map((id) => `missed-call ${id} call:call_1:missed`));
  });

  it('tells the call after all where the message was too short to be one', () => {
    expect(house.ended(missed({ persons: [anna], mailbox: anna }))).toEqual([]);
    house.missed = missed({ persons: [anna] });
    house.events.emit('call.changed', { callId: 'call_1', state: 'held' });
    expect(house.told).toEqual([]);
    house.events.emit('call.changed', { callId: 'call_1', state: 'voicemail' });
    expect(house.told).toEqual(['missed-call person_anna call:call_1:missed']);
  });

  it('tells that it rings, and takes that away when it is over', () => {
    house.ringing = rings({ persons: [anna] });
    house.events.emit('leg.changed', { callId: 'call_1', deviceId: 'dev_1', state: 'ringing' });
    house.events.emit('leg.changed', { callId: 'call_1', deviceId: 'dev_1', state: 'over' });
    expect(house.told).toEqual(['incoming-call person_anna incoming-call:call_1']);
    house.told = [];
    house.toldBefore = [anna];
    house.events.emit('call.answered', { callId: 'call_1' });
    expect(house.done).toEqual(['cancel call_1 incoming-call obsolete']);
    expect(house.told).toEqual(['call-over person_anna call-over:call_1 after incoming-call:call_1 unless call:call_1:missed']);
  });

  it('tells of a missed call first, which takes the place of the call that rang', () => {
    house.toldBefore = [anna, ben];
    expect(house.ended(missed({ persons: [anna] })).map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      'missed-call person_anna',
      'call-over person_anna',
      'call-over person_ben',
    ]);
  });

  it('lets a mail wait for the words of a voicemail, and tells them later to whoever had it without', () => {
    house.voicemail = { personId: anna, leftAt: house.now, isTranscriptPending: true };
    house.events.emit('voicemail.left', { voicemailId: 'vm_1', personId: anna });
    expect(house.told).toEqual(['voicemail person_anna voicemail:vm_1']);
    expect(house.notBefore).toBe(house.now + 30_000);
    house.told = [];
    house.voicemail = { ...house.voicemail, isTranscriptPending: false };
    house.events.emit('voicemail.transcribed', { voicemailId: 'vm_1', personId: anna });
    expect(house.done).toEqual(['advance vm_1 voicemail']);
    expect(house.told).toEqual(['transcript person_anna transcript:vm_1 after voicemail:vm_1']);
  });

  it('tells of a voicemail whose owner turns out later, and of none that was heard', () => {
    house.voicemail = { personId: anna, leftAt: house.now, isTranscriptPending: false };
    house.events.emit('voicemail.changed', { voicemailId: 'vm_1', personId: anna });
    expect(house.told).toHaveLength(1);
    house.now += 2 * 3_600_000;
    house.events.emit('voicemail.changed', { voicemailId: 'vm_1', personId: anna });
    house.voicemail = undefined;
    house.events.emit('voicemail.left', { voicemailId: 'vm_1', personId: anna });
    expect(house.told).toHaveLength(1);
  });

  it('lets a mail wait for the pictures of a message', () => {
    house.message = { personId: null, isMediaPending: true };
    const fact = { messageId: 'msg_1', conversationId: 'conv_1', personId: null } as const;
    house.events.emit('message.received', fact);
    expect(house.told).toEqual(['message person_admin message:msg_1']);
    expect(house.notBefore).toBe(house.now + 60_000);
    house.events.emit('message.changed', fact);
    expect(house.done).toEqual([]);
    house.message = { personId: null, isMediaPending: false };
    house.events.emit('message.changed', fact);
    expect(house.done).toEqual(['advance msg_1 message']);
  });

  it('looks again at what is held when do not disturb or the quiet hours change', () => {
    const off = { deviceId: null, isOn: false, until: null, bySchedule: false } as const;
    house.events.emit('dnd.changed', { ...off, of: 'person', personId: anna });
    house.events.emit('dnd.changed', { ...off, of: 'device', personId: anna, deviceId: 'dev_1' });
    house.events.emit('dnd.changed', { ...off, of: 'house', personId: null });
    house.events.emit('notification-preferences.changed', { personId: ben });
    expect(house.done).toEqual(['reconsider person_anna', 'reconsider null', 'reconsider person_ben']);
  });
});

describe('what a kill kept from being told', () => {
  const hour = 3_600_000;
  const now = 1_000 * hour;

  function caughtUp(toldUntil: number | undefined): {
    readonly from: number | undefined;
    readonly told: readonly string[];
    readonly writes: number;
  } {
    let from: number | undefined;
    let writes = 0;
    const told: string[] = [];
    catchUp({
      clock: { now: () => now },
      writes: { toldUntil, write: (run) => ((writes += 1), run()) },
      sources: {
        callsSince: (at) => ((from = at), ['call_1', 'call_2'] as CallId[]),
        voicemailsSince: () => ['vm_1'],
        messagesSince: () => ['msg_1'],
      },
      telling: {
        callEnded: (id) => void told.push(id),
        voicemailLeft: (id) => void told.push(id),
        messageReceived: (id) => void told.push(id),
      },
    });
    return { from, told, writes };
  }

  it.each([
    ['a moment ago, from ten minutes before', now - 1_000, now - 601_000],
    ['last week, from a day ago', now - 200 * hour, now - 24 * hour],
  ])('is told where something was told last %s', (_, toldUntil, from) => {
    expect(caughtUp(toldUntil)).toEqual({ from, told: ['call_1', 'call_2', 'vm_1', 'msg_1'], writes: 4 });
  });

  it('is nothing at the first start, from which on it is known', () => {
    expect(caughtUp(undefined)).toEqual({ from: undefined, told: [], writes: 1 });
  });
});
