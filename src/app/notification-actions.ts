// Composes what the buttons of notifications do, by the same endpoints as the panel, as the person whom the notification was for.
// Called by notifications.ts; what comes from a phone of Home Assistant is answered on that phone.
// Must stay true: a button can do nothing that the person could not do in the panel at that moment.
import { AppError } from '#base/errors.ts';
import type { DeviceId, PersonId, TargetId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { createBlocklistEntry } from '#contract/blocklist.ts';
import { getCallRecord, listCallRecords, placeCall } from '#contract/calls.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import { getMessage, readMessage } from '#contract/messages.ts';
import { doNotificationAction } from '#contract/notifications.ts';
import { getVoicemail, readVoicemail } from '#contract/voicemails.ts';
import { Actions } from '#notify/actions.ts';
import type { ActionsDeps, Asked, ToldDelivery } from '#notify/actions.ts';
import { tagOf } from '#notify/kinds/notification.ts';
import type { Notification } from '#notify/kinds/notification.ts';
import type { KeptTarget } from '#notify/target.ts';
import { doneWords } from '#notify/words/action-done.ts';
import { actionLabel } from '#notify/words/action-label.ts';
import { spacedNumber } from '#numbers/spaced-number.ts';
import { DoneOnce } from '#storage/done-once.ts';
import type { CorePhones } from '#home-assistant/core-phones.ts';
import { asPerson } from './as-person.ts';
import type { AsPerson } from './as-person.ts';
import type { AppContext, Storage } from './context.ts';
import type { DevicesRoom } from './devices.ts';
import type { PeopleRoom } from './people.ts';

/** What was told, and at which target. */
export type FoundDelivery = ToldDelivery & { readonly targetId: TargetId | undefined };

export type NotificationActionsDeps = Pick<AppContext, 'clock' | 'stack'> &
  Pick<ActionsDeps, 'tokens'> & {
    readonly storage: Pick<Storage, 'db' | 'writes'>;
    readonly log: Log;
    readonly find: (id: ToldDelivery['id']) => FoundDelivery | undefined;
    readonly targetOf: (id: TargetId) => KeptTarget | undefined;
    readonly languageOf: (personId: PersonId) => HouseLanguage;
    readonly administrators: () => readonly PersonId[];
    readonly people: Pick<PeopleRoom['people'], 'byId'>;
    readonly devices: Pick<DevicesRoom, 'devices' | 'registrations'>;
    /** Undefined where the house has no Home Assistant. */
    readonly phones: Pick<CorePhones, 'onAction' | 'show'> | undefined;
    /** Every endpoint of the house. */
    readonly routes: () => readonly Route[];
  };

export function composeNotificationActions(deps: NotificationActionsDeps): { readonly routes: readonly Route[] } {
  const { db, writes } = deps.storage;
  const actions = new Actions({ ...deps, writes, once: new DoneOnce(db), carryOut: (asked) => carryOut(asked, deps) });
  const stop = deps.phones?.onAction((token) => void pressedOnPhone(token, actions, deps));
  if (stop !== undefined) deps.stack.defer(stop);
  const route = handle(doNotificationAction, async ({ body, identity }) => {
    const { personId } = identity ?? {};
    if (personId === undefined) throw new AppError('forbidden', 'There is no such notification of yours');
    try {
      return { message: await actions.press(body.token, personId) };
    } catch (error) {
      throw inTheirWords(error, deps.languageOf(personId));
    }
  });
  return { routes: [route] };
}

/** Never rejects: what came of it is shown where the notification was. */
async function pressedOnPhone(token: string, actions: Actions, deps: NotificationActionsDeps): Promise<void> {
  const { find, targetOf, languageOf, log, phones } = deps;
  const pressed = actions.read(token);
  // Of somebody else's notification, or of nobody's.
  if (pressed === undefined) return;
  const delivery = find(pressed.deliveryId);
  const target = delivery?.targetId === undefined ? undefined : targetOf(delivery.targetId);
  if (delivery === undefined || target === undefined) return;
  const language = languageOf(delivery.personId);
  const title = actionLabel(pressed.action, language);
  try {
    const body = await actions.press(token);
    await say(body);
  } catch (error) {
    if (!(error instanceof AppError)) log.error({ err: error, action: pressed.action }, 'A button of a notification failed');
    await say(doneWords(language).failed(saidOf(error, language)));
  }

  async function say(body: string): Promise<void> {
    if (delivery === undefined || target === undefined || target.channel !== 'home-assistant') return;
    const shown = {
      tag: tagOf(delivery.notification),
      link: undefined,
      loudness: 'quiet',
      alertsAgain: false,
      buttons: [],
    } as const;
    await phones?.show(target.address, { title, body, ...shown, shownSeconds: undefined }, () => {});
  }
}

/** It is shown as it is, by a browser whose panel is closed. */
function inTheirWords(error: unknown, language: HouseLanguage): unknown {
  if (!(error instanceof AppError)) return error;
  return new AppError(error.code, doneWords(language).failed(saidOf(error, language)), { cause: error });
}

function saidOf(error: unknown, language: HouseLanguage): string {
  if (!(error instanceof AppError)) return 'GoSIP';
  return error.words?.[language] ?? error.message;
}

async function carryOut(asked: Asked, deps: NotificationActionsDeps): Promise<string> {
  const { personId, notification, action } = asked;
  const { people, administrators, languageOf } = deps;
  if (people.byId(personId) === undefined) throw new AppError('not-found', 'There is no such person any more');
  const role = administrators().includes(personId) ? 'admin' : 'user';
  const ask = asPerson(deps.routes, { kind: 'session', id: personId, personId, role });
  const words = doneWords(languageOf(personId));
  switch (action) {
    case 'mark-heard':
      await ask(readVoicemail, { params: { id: voicemailOf(notification) } });
      return words.markHeard;
    case 'mark-read':
      await ask(readMessage, { params: { id: messageOf(notification) } });
      return words.markRead;
    case 'block': {
      const number = await farNumber(notification, ask);
      if (number === '') throw new AppError('conflict', words.noNumber);
      await ask(createBlocklistEntry, { body: { kind: 'exact', pattern: number } });
      return words.block(spacedNumber(number));
    }
    case 'call-back': {
      const number = await farNumber(notification, ask);
      if (number === '') throw new AppError('conflict', words.noNumber);
      const phone = await phoneOf(personId, ask, deps);
      if (phone === undefined) throw new AppError('conflict', words.noPhone);
      await ask(placeCall, { body: { deviceId: phone.id, to: number } });
      return words.callBack(phone.name);
    }
  }
}

/** Empty where it is withheld. Rejects with `not-found` where the person may not see it, or not any more. */
async function farNumber({ kind, item }: Notification, ask: AsPerson): Promise<string> {
  switch (kind) {
    case 'voicemail':
    case 'transcript':
      return (await ask(getVoicemail, { params: { id: item.voicemailId } })).caller.number;
    case 'message':
      return (await ask(getMessage, { params: { id: item.messageId } })).farNumber;
    case 'alert':
      return '';
    default:
      return (await ask(getCallRecord, { params: { id: item.callId } })).caller.number;
  }
}

type Phone = { readonly id: DeviceId; readonly name: string };

/** Of those of the person that are online the one of their last call, else the first. */
async function phoneOf(personId: PersonId, ask: AsPerson, { devices }: NotificationActionsDeps): Promise<Phone | undefined> {
  const online = devices.devices
    .ofPerson(personId)
    .filter(({ id, enabled, type }) => enabled && type !== 'door-station' && devices.registrations.of(id).length > 0);
  if (online.length < 2) return online[0];
  const { items } = await ask(listCallRecords, { query: { person: personId, per_page: 50 } });
  const used = items.flatMap(({ caller, callee, answeredAt }) => (answeredAt === null ? [] : [caller.deviceId, callee.deviceId]));
  const last = used.find((id) => online.some((phone) => phone.id === id));
  return online.find(({ id }) => id === last) ?? online[0];
}

function voicemailOf({ kind, item }: Notification) {
  if (kind === 'voicemail' || kind === 'transcript') return item.voicemailId;
  throw notFor();
}

function messageOf({ kind, item }: Notification) {
  if (kind === 'message') return item.messageId;
  throw notFor();
}

function notFor(): AppError {
  return new AppError('conflict', 'This notification has no such button');
}
