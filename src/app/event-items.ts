// Composes what an event is about, as an administrator reads it by the API.
// Called by outgoing-webhooks.ts for the destinations that are sent it too.
// Must stay true: nothing is read that the API does not show, and in no other shape.
import type { TokenId } from '#base/ids.ts';
import type { Route } from '#contract/endpoint.ts';
import type { EventName } from '#contract/facts.ts';

/** By the name that an event has for an id: the endpoints that know what it is of, the first one that does is taken. */
export const itemEndpoints: Readonly<Record<string, readonly string[]>> = {
  // One that goes on, else its record.
  callId: ['getCall', 'getCallRecord'],
  voicemailId: ['getVoicemail'],
  messageId: ['getMessage'],
  deviceId: ['getDevice'],
  contactId: ['getContact'],
  blocklistEntryId: ['getBlocklistEntry'],
  spamListId: ['getSpamList'],
  addressBookId: ['getAddressBook'],
  numberId: ['getNumber'],
  ringGroupId: ['getRingGroup'],
  escalationChainId: ['getEscalationChain'],
  escalationId: ['getEscalation'],
  trunkId: ['getTrunk'],
  personId: ['getPerson'],
};

/** The network may say that a call is over while its SIP leg still goes on: its record says how it ended. */
const endedCall = ['getCallRecord'];

const asAdmin = {
  identity: { kind: 'token', id: 'token_webhooks' as TokenId, personId: undefined, role: 'admin' },
  client: { address: '', userAgent: '' },
} as const;

/** What an event is about; undefined where it is about nothing that can be read, rejects where it is gone. */
export function eventItems(routes: () => readonly Route[]): (event: EventName, data: object) => Promise<unknown> {
  return async (event, data) => {
    if (event.endsWith('.deleted')) return undefined;
    // Those above come first: a message is about the message, and not about whose it is.
    const found = Object.entries(itemEndpoints).find(([name]) => typeof (data as Record<string, unknown>)[name] === 'string');
    if (found === undefined) return undefined;
    const [name] = found;
    const endpoints = event === 'call.ended' ? endedCall : found[1];
    const id = (data as Record<string, string>)[name];
    let missing: unknown;
    for (const wanted of endpoints) {
      const route = routes().find(({ endpoint }) => endpoint.id === wanted);
      if (route === undefined) continue;
      try {
        const reply = await route.run({ params: { id }, query: {}, body: undefined, ...asAdmin });
        return route.endpoint.reply.parse(reply);
      } catch (error) {
        missing = error;
      }
    }
    throw missing;
  };
}
