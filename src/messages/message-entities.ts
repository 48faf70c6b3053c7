import type { MessageId, PersonId } from '#base/ids.ts';
import { cutText } from '#contract/cut-text.ts';
import { bindEntity, entity, exchange } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';
import { sendSms, sendText } from './message-commands.ts';
import type { MessageCommandDeps } from './message-commands.ts';
import type { Message } from './message.ts';
import { isOneTimeCode } from './one-time-code.ts';
import type { NameOf } from './ports.ts';

const messageEvent = {
  component: 'event',
  key: 'message',
  name: { en: 'Message', de: 'Nachricht', fr: 'Message', es: 'Mensaje', nl: 'Bericht' },
  types: {
    received: {
      en: 'Message received',
      de: 'Nachricht erhalten',
      fr: 'Message reçu',
      es: 'Mensaje recibido',
      nl: 'Bericht ontvangen',
    },
  },
  icon: 'mdi:message-text',
} as const;

export const houseMessageEvent = entity({ of: 'exchange', ...messageEvent });
export const personMessageEvent = entity({ of: 'person', ...messageEvent });

/** Takes `NUMBER: words`; the number may be the name of a contact. */
export const sendSmsNotify = entity({
  of: 'exchange',
  component: 'notify',
  key: 'send_sms',
  name: { en: 'Send SMS', de: 'SMS senden', fr: 'Envoyer un SMS', es: 'Enviar SMS', nl: 'Sms versturen' },
  icon: 'mdi:message-arrow-right',
});

export type MessageEntityDeps = MessageCommandDeps & {
  readonly stores: { readonly messages: { byId(id: MessageId): Message | undefined } };
  readonly people: { all(): readonly EntityOwner<PersonId>[] };
  readonly nameOf: NameOf;
};

/** As much as there is room for beside the rest; a text of SMS has at most 1,600 characters. */
const maxTextLength = 2000;

export function messageEntities(deps: MessageEntityDeps): readonly Entity[] {
  const { stores, people, nameOf } = deps;
  return [
    bindEntity(houseMessageEvent, {
      owners: () => [exchange],
      occursBy: {
        'message.received': ({ messageId, personId }) => {
          const message = stores.messages.byId(messageId);
          // Everybody in the house sees the events of the exchange: what is written to a person is not among them.
          const mayShow = personId === null;
          return message === undefined ? [] : [received(exchange.id, message, { nameOf, mayShow })];
        },
      },
    }),
    bindEntity(personMessageEvent, {
      owners: () => people.all(),
      occursBy: {
        'message.received': ({ messageId, personId }) => {
          const message = personId === null ? undefined : stores.messages.byId(messageId);
          return personId === null || message === undefined ? [] : [received(personId, message, { nameOf, mayShow: true })];
        },
      },
    }),
    bindEntity(sendSmsNotify, {
      owners: () => [exchange],
      send: async (_id, text) => void (await sendSms(deps, sendText(text))),
    }),
  ];
}

type Showing = { readonly nameOf: NameOf; readonly mayShow: boolean };

function received<OwnerId extends string>(ownerId: OwnerId, message: Message, { nameOf, mayShow }: Showing) {
  const { id, farNumber, ourNumber, body, mediaCount } = message;
  const isSecret = !mayShow || isOneTimeCode(body);
  const attributes = {
    message_id: id,
    number: farNumber,
    name: nameOf(farNumber, ourNumber),
    called: ourNumber,
    text: isSecret ? '' : cutText(body, maxTextLength),
    is_private: isSecret,
    pictures: mediaCount,
  };
  return { ownerId, type: 'received', attributes };
}
