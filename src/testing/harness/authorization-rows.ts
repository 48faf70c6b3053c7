// The table of who may reach whose things: one row for each endpoint that any signed-in person may call.
// Called by src/app/flows/authorization.test.ts; endpoints for administrators need no row.
// Must stay true: what a row does not say is proved: an unknown path, a missing body and a wrong sample fail.
import { createECDH } from 'node:crypto';
import type { AnyEndpoint } from '#contract/endpoint.ts';
import { autoReply, png, wav } from './authorization-house.ts';
import type { Belongings } from './authorization-house.ts';

type Row = {
  /** What the parameters of the path name: something of this person. Without parameters it is not called. */
  readonly params?: (of: Belongings) => Readonly<Record<string, string>>;
  /** A body that is valid, about something of this person. */
  readonly body?: (of: Belongings) => unknown;
  /**
   * `own`: of one's own it works, of another's it is refused as if it did not exist (by default).
   * `refused`: of another's it is refused with 403 or 400, because the body says whose it is.
   * `list`: shows one's own alone. `self`: is about the caller, whatever is sent.
   */
  readonly rule?: 'own' | 'refused' | 'list' | 'self';
};

/** As a browser makes them: a point of P-256 and 16 bytes. */
const browserKeys = (() => {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return { p256dh: pair.getPublicKey('base64url'), auth: Buffer.alloc(16, 7).toString('base64url') };
})();

const byId = (of: (belongings: Belongings) => string): Pick<Row, 'params'> => ({
  params: (belongings) => ({ id: of(belongings) }),
});

/** By the beginning of the path; the longest that fits. An entry is for each endpoint below it that has parameters. */
const things: Readonly<Record<string, Pick<Row, 'params'>>> = {
  '/devices': byId((of) => of.deviceId),
  '/cdrs': byId((of) => of.cdrId),
  '/calls': byId((of) => of.callId),
  '/voicemails': byId((of) => of.voicemailId),
  '/mailboxes': { params: (of) => ({ personId: of.personId }) },
  '/messages/conversations': byId((of) => of.conversationId),
  '/messages': { params: (of) => ({ id: of.messageId, n: '0' }) },
  '/auto-replies': byId((of) => of.autoReplyId),
  '/blocklist': byId((of) => of.blocklistId),
  '/contacts': byId((of) => of.contactId),
  '/call-approvals': byId((of) => of.approvalId),
  '/escalations': byId((of) => of.escalationId),
  '/auth/sessions': byId((of) => of.sessionId),
  '/dnd': { params: () => ({}) },
  '/dnd/persons': byId((of) => of.personId),
  '/dnd/devices': byId((of) => of.deviceId),
  '/notifications/preferences': { params: (of) => ({ personId: of.personId }) },
  '/notifications/targets': byId((of) => of.targetId),
  '/notifications/deliveries': byId((of) => of.deliveryId),
};

/** What the path does not tell, by the id of the endpoint. */
const special: Readonly<Record<string, Row>> = {
  whoAmI: { rule: 'self' },
  listExtensions: { rule: 'self' },
  changeOwnPassword: {
    rule: 'self',
    body: (of) => ({ currentPassword: `kranich-zaun-${of.name}`, newPassword: `tulpen-fenster-${of.name}` }),
  },
  logOut: { rule: 'self' },
  listOwnNumbers: { rule: 'self' },
  readAllVoicemails: { rule: 'self' },
  uploadMessageMedia: { rule: 'self', body: () => png },
  sendMessage: { rule: 'refused', body: (of) => ({ from: of.number, to: '+14165550199', body: 'Hello' }) },
  createAutoReply: { rule: 'refused', body: (of) => ({ ...autoReply, name: `${of.name}-new`, number: of.number }) },
  changeAutoReply: { body: () => ({ quietMinutes: 30 }) },
  placeCall: { rule: 'refused', body: (of) => ({ deviceId: of.deviceId, to: '+14165550199' }) },
  transferCall: { body: (of) => ({ deviceId: of.deviceId, to: '+14165550199' }) },
  holdCall: { body: () => ({ isHeld: true }) },
  controlCallRecording: { body: () => ({ action: 'stop' }) },
  changeVoicemail: { body: () => ({ heard: true }) },
  setGreeting: { body: () => ({ kind: 'text', text: 'Hello', language: 'en-US' }) },
  setGreetingAudio: { body: () => wav },
  blockFromCall: { rule: 'refused', body: (of) => ({ callId: of.cdrId }) },
  blockFromMessage: { rule: 'refused', body: (of) => ({ messageId: of.messageId }) },
  setPersonDnd: { body: () => ({ isOn: false }) },
  setPersonDndSchedule: { body: () => ({ entries: [{ days: [1], from: '22:00', to: '07:00' }] }) },
  getHouseDndSchedule: { rule: 'self' },
  setDeviceDnd: { body: () => ({ isOn: false }) },
  changeNotificationPreferences: { body: () => ({ internalCalls: true }) },
  createNotificationTarget: {
    rule: 'refused',
    body: (of) => ({ channel: 'mail', address: `${of.name}-new@example.org`, personId: of.personId }),
  },
  changeNotificationTarget: { body: () => ({ name: 'Renamed' }) },
  testNotificationTarget: { body: () => ({}) },
  listHomeAssistantTargets: { rule: 'self' },
  doNotificationAction: { rule: 'refused', body: (of) => ({ token: of.actionToken }) },
  subscribeWebPush: {
    rule: 'self',
    body: (of) => ({ endpoint: `https://push.example.org/${of.name}`, keys: browserKeys, name: `${of.name}-browser` }),
  },
  getWebPush: { rule: 'self' },
  resendDelivery: { body: () => ({}) },
  answerCallApproval: { body: () => ({ answer: 'once' }) },
  takeEscalation: { body: () => ({}) },
  createBlocklistEntry: { rule: 'self', body: () => ({ kind: 'exact', pattern: '+14165550133' }) },
  changeBlocklistEntry: { body: () => ({ reason: 'changed' }) },
  createContact: {
    rule: 'refused',
    body: (of) => ({ name: `${of.name}-new`, numbers: [{ number: '+14165550178' }], personId: of.personId }),
  },
  listContactDoubles: { rule: 'self' },
  mergeContacts: { rule: 'refused', body: (of) => ({ ids: [of.contactId, of.contactId] }) },
  changeContact: { body: () => ({ groups: ['family'] }) },
  importContacts: {
    rule: 'self',
    body: () => new Uint8Array(Buffer.from('name,number\nGrandma,+14165550155\n')),
  },
};

export type RuledRow = Row & { readonly rule: NonNullable<Row['rule']> };

/** Undefined where the table has none: a new endpoint needs a row, or its path does. */
export function rowOf({ id, path, method }: Pick<AnyEndpoint, 'id' | 'path' | 'method'>): RuledRow | undefined {
  const row = special[id];
  const hasParameters = path.includes('/:');
  const prefix = Object.keys(things)
    .filter((one) => path === one || path.startsWith(`${one}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  const thing = hasParameters && prefix !== undefined ? things[prefix] : {};
  if (hasParameters && prefix === undefined && row?.params === undefined) return undefined;
  if (!hasParameters && row === undefined) return method === 'GET' && prefix !== undefined ? { rule: 'list' } : undefined;
  return { rule: 'own', ...thing, ...row };
}
