import { describe, expect, it } from 'vitest';
import { buffer } from 'node:stream/consumers';
import type { PersonId } from '#base/ids.ts';
import type { CallLeg, CallRecord } from '#calls/call.ts';
import type { MediaItem, Message } from '#messages/message.ts';
import type { Notification } from '#notify/kinds/notification.ts';
import type { Voicemail } from '#voicemail/voicemail-store.ts';
import { notifyContent } from './notify-content.ts';
import type { NotifyContentDeps } from './notify-content.ts';
import { toldSources } from './told-sources.ts';

const [anna, ben, admin] = ['person_anna', 'person_ben', 'person_admin'] as const;
const noParty = { deviceId: undefined, personId: undefined, number: '', name: '' };
const record: CallRecord = {
  id: 'call_1',
  direction: 'inbound',
  startedAt: 5,
  ringingAt: 6,
  answeredAt: undefined,
  endedAt: 9,
  verdict: { disposition: 'missed', reason: 'no-answer' },
  dialled: '+14165550100',
  caller: { ...noParty, number: '+14165550123', name: 'DR WHO' },
  callee: { ...noParty, personId: anna, number: '+14165550100' },
  number: '+14165550100',
  trunk: 'twilio',
  transferredFrom: undefined,
  reasons: [],
};
const voicemail: Voicemail = {
  id: 'vm_1',
  recordingId: 'rec_1',
  callId: 'call_1',
  personId: anna,
  callerNumber: '+14165550123',
  callerName: 'DR WHO',
  number: '+14165550100',
  audio: 'stored',
  problem: undefined,
  seconds: 7,
  leftAt: 20,
  heardAt: undefined,
  archivedAt: undefined,
  transcript: 'Please call back',
  failedBy: undefined,
};
const message: Message = {
  id: 'msg_1',
  conversationId: 'conv_1',
  ourNumber: '+14165550100',
  farNumber: '+14165550123',
  direction: 'inbound',
  body: 'Your code is 482913',
  state: 'received',
  segments: 1,
  mediaCount: 0,
  messageSid: undefined,
  sentBy: undefined,
  autoReplyId: undefined,
  requestId: undefined,
  errorCode: undefined,
  error: undefined,
  createdAt: 30,
  changedAt: 30,
  readAt: undefined,
};
const media = (position: number, bytes: number, state: MediaItem['state'] = 'stored'): MediaItem => ({
  id: `med_${position}` as const,
  messageId: 'msg_1',
  position,
  state,
  sourceUrl: undefined,
  contentType: 'image/jpeg',
  bytes,
  uploadedBy: undefined,
  token: undefined,
  tokenUntil: undefined,
  attempts: 0,
  dueAt: undefined,
  problem: undefined,
  createdAt: 0,
});
const file = (text: string) => ({
  bytes: text.length,
  async *read({ first, last }: { readonly first: number; readonly last: number }) {
    yield Buffer.from(text.slice(first, last + 1));
  },
});

type House = {
  call?: Partial<CallRecord> | undefined;
  legs?: readonly CallLeg[];
  phase?: 'ringing' | 'in_call' | undefined;
  voicemail?: Partial<Voicemail> | undefined;
  message?: Partial<Message> | undefined;
  media?: readonly MediaItem[];
  owner?: PersonId | undefined;
  isOpenable?: boolean;
};

/** What is left out is as above; undefined is not there. */
function contentOf(house: House) {
  const call =
    'call' in house && house.call === undefined ? undefined : { record: { ...record, ...house.call }, legs: house.legs ?? [] };
  const ours = {
    id: 'num_1',
    number: '+14165550100',
    name: 'Home',
    ownerPersonId: 'owner' in house ? house.owner : anna,
  } as const;
  const calls = {
    calls: { find: () => call, get: () => (house.phase === undefined ? undefined : { phase: house.phase }) },
    cdrs: { latest: () => [] },
  };
  const found = <Thing>(name: 'voicemail' | 'message', thing: Thing) =>
    name in house && house[name] === undefined ? undefined : { ...thing, ...house[name] };
  const deps = {
    calls,
    voicemail: {
      room: {
        voicemails: { byId: () => found('voicemail', voicemail) },
        audioOf: () => ({ bytes: 1000, open: async () => (house.isOpenable === false ? undefined : file('RIFF')) }),
        latest: () => [],
        isTranscriptPending: () => false,
      },
    },
    messages: {
      stores: { messages: { byId: () => found('message', message) }, media: { ofMessage: () => house.media ?? [] } },
      media: { file: async () => file('JPEG') },
    },
    numbers: { byNumber: () => ours },
    contacts: { byNumber: (_: string, personId: PersonId) => (personId === anna ? { name: 'Doctor' } : undefined) },
    administrators: () => [admin],
    linkOf: (path: string) => ({ path, url: `https://house/${path}` }),
  } as unknown as NotifyContentDeps;
  return notifyContent({ ...deps, sources: toldSources(deps as never) });
}

const missed: Notification = { kind: 'missed-call', item: { callId: 'call_1' } };
const incoming: Notification = { kind: 'incoming-call', item: { callId: 'call_1' } };
const left: Notification = { kind: 'voicemail', item: { voicemailId: 'vm_1' } };
const received: Notification = { kind: 'message', item: { messageId: 'msg_1' } };
const alert: Notification = { kind: 'alert', item: { alertId: 'trunk-down', about: 'x', values: {}, since: 1 } };
const limit = 5_000_000;

describe('what a notification says when it is sent', () => {
  it('names the caller as the reader knows them by then, and our number', () => {
    expect(contentOf({}).of(missed, anna, limit)).toEqual({
      kind: 'missed-call',
      at: 5,
      caller: { number: '+14165550123', name: 'Doctor' },
      called: 'Home',
      reason: 'no-answer',
      link: { path: 'calls/call_1', url: 'https://house/calls/call_1' },
    });
    const withheld = { caller: noParty };
    expect(contentOf({ call: withheld }).of(missed, anna, limit)).toMatchObject({ caller: { number: '', name: '' } });
  });

  it.each<[string, House, Notification, PersonId, string]>([
    ['a call whose record is gone', { call: undefined }, missed, anna, 'gone'],
    [
      'a missed call that turned out to be a voicemail',
      { call: { verdict: { disposition: 'voicemail', reason: 'no-answer' } } },
      missed,
      anna,
      'obsolete',
    ],
    ['a missed call of somebody else', {}, missed, ben, 'obsolete'],
    ['a call that rings no more', {}, incoming, anna, 'obsolete'],
    ['a call that was answered', { phase: 'in_call' }, incoming, anna, 'obsolete'],
    ['a voicemail that was deleted', { voicemail: undefined }, left, anna, 'gone'],
    ['a voicemail that was heard', { voicemail: { heardAt: 40 } }, left, anna, 'obsolete'],
    ['a voicemail of somebody else', {}, left, ben, 'gone'],
    ['a voicemail of somebody else, to an administrator', {}, left, admin, 'gone'],
    ['a voicemail of the house, to no administrator', { voicemail: { personId: undefined } }, left, ben, 'gone'],
    ['a message that was read', { message: { readAt: 40 } }, received, anna, 'obsolete'],
    ['a message to a number that is somebody else’s now', { owner: ben }, received, anna, 'gone'],
    ['a message of the house, to no administrator', { owner: undefined }, received, ben, 'gone'],
    ['what is wrong in the house, to no administrator any more', {}, alert, anna, 'gone'],
  ])('is nothing of %s', (_, house, notification, reader, expected) => {
    expect(contentOf(house).of(notification, reader, limit)).toBe(expected);
  });

  it('tells that it rings while it rings', () => {
    expect(contentOf({ phase: 'ringing', call: { verdict: undefined } }).of(incoming, anna, limit)).toMatchObject({
      kind: 'incoming-call',
    });
  });

  it('has the audio and the words of a voicemail, or says why it has no audio', async () => {
    const told = contentOf({}).of(left, anna, limit);
    expect(told).toMatchObject({ seconds: 7, transcript: 'Please call back', audio: { name: 'vm_1.wav', bytes: 1000 } });
    const audio = typeof told === 'object' && told.kind === 'voicemail' ? told.audio : undefined;
    expect(await audio?.open().then(buffer)).toEqual(Buffer.from('RIFF'));
    expect(contentOf({}).of(left, anna, 999)).toMatchObject({ audio: undefined, audioProblem: 'too-large' });
    expect(contentOf({ voicemail: { audio: 'lost' } }).of(left, anna, limit)).toMatchObject({
      audio: undefined,
      audioProblem: 'lost',
    });
    const gone = contentOf({ isOpenable: false }).of(left, anna, limit);
    const lost = typeof gone === 'object' && gone.kind === 'voicemail' ? gone.audio?.open() : undefined;
    await expect(lost).rejects.toThrow('not there any more');
  });

  it('has of the pictures those that fit, and counts the others', () => {
    const pictures = [media(0, 3_000_000), media(1, 3_000_000), media(2, 1_000_000), media(3, 10, 'fetching')];
    const told = contentOf({ media: pictures, message: { body: 'Hello' } }).of(received, anna, limit);
    expect(told).toMatchObject({ text: 'Hello', media: [{ name: '1.jpeg' }, { name: '3.jpeg', bytes: 1_000_000 }], leftOut: 2 });
  });

  it('has a code for signing in for its owner’s eyes alone', () => {
    expect(contentOf({}).of(received, anna, limit)).toMatchObject({ text: 'Your code is 482913' });
    const ofHouse = contentOf({ owner: undefined, media: [media(0, 10)] }).of(received, admin, limit);
    expect(ofHouse).toMatchObject({ text: undefined, media: [], leftOut: 1 });
    expect(contentOf({ owner: undefined, message: { body: 'Hello' } }).of(received, admin, limit)).toMatchObject({
      text: 'Hello',
    });
  });

  it('has of an alert what was kept of it', () => {
    expect(contentOf({}).of(alert, admin, limit)).toMatchObject({
      kind: 'alert',
      alertId: 'trunk-down',
      isUrgent: true,
      link: { path: 'alerts' },
    });
  });
});
