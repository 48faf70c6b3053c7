import type { PersonId, VoicemailId } from '#base/ids.ts';
import { cutText } from '#contract/cut-text.ts';
import { bindEntity, entity } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';
import type { NameOf } from './ports.ts';
import type { Voicemail, VoicemailFilter, VoicemailPage } from './voicemail-store.ts';
import { fitTranscripts, summaryOf } from './voicemail-summary.ts';

export const newVoicemails = entity({
  of: 'person',
  component: 'sensor',
  key: 'new_voicemails',
  name: {
    en: 'New voicemails',
    de: 'Neue Sprachnachrichten',
    fr: 'Nouveaux messages vocaux',
    es: 'Mensajes de voz nuevos',
    nl: 'Nieuwe voicemails',
  },
  stateClass: 'measurement',
  icon: 'mdi:voicemail',
});

export const voicemailEvent = entity({
  of: 'person',
  component: 'event',
  key: 'voicemail',
  name: { en: 'Voicemail', de: 'Sprachnachricht', fr: 'Message vocal', es: 'Mensaje de voz', nl: 'Voicemail' },
  types: {
    received: {
      en: 'Voicemail received',
      de: 'Sprachnachricht erhalten',
      fr: 'Message vocal reçu',
      es: 'Mensaje de voz recibido',
      nl: 'Voicemail ontvangen',
    },
    transcribed: {
      en: 'Voicemail transcribed',
      de: 'Sprachnachricht verschriftlicht',
      fr: 'Message vocal transcrit',
      es: 'Mensaje de voz transcrito',
      nl: 'Voicemail uitgeschreven',
    },
    heard: {
      en: 'Voicemail heard',
      de: 'Sprachnachricht abgehört',
      fr: 'Message vocal écouté',
      es: 'Mensaje de voz escuchado',
      nl: 'Voicemail beluisterd',
    },
  },
  icon: 'mdi:voicemail',
});

export const markAllHeard = entity({
  of: 'person',
  component: 'button',
  key: 'mark_all_heard',
  name: {
    en: 'Mark all as heard',
    de: 'Alle als abgehört markieren',
    fr: 'Tout marquer comme écouté',
    es: 'Marcar todo como escuchado',
    nl: 'Alles als beluisterd markeren',
  },
  icon: 'mdi:email-open',
});

export type VoicemailEntityDeps = {
  readonly voicemails: {
    list(filter: VoicemailFilter, page: VoicemailPage): { readonly items: readonly Voicemail[]; readonly total: number };
    byId(id: VoicemailId): Voicemail | undefined;
    markAllHeard(personId: PersonId): Promise<readonly VoicemailId[]>;
  };
  readonly people: { all(): readonly EntityOwner<PersonId>[] };
  readonly nameOf: NameOf;
};

const newest = { limit: 10, offset: 0, sort: 'leftAt', order: 'desc' } as const;
const countOnly = { ...newest, limit: 0 } as const;
/** An event is shown beside others in the log of an automation. */
const maxTranscriptLength = 4000;

export function voicemailEntities({ voicemails, people, nameOf }: VoicemailEntityDeps): readonly Entity[] {
  const owners = () => people.all();
  const isNew = (personId: PersonId) => ({ personId, isHeard: false, isArchived: false });
  const ofPerson = ({ personId }: { readonly personId: PersonId | null }) => personId ?? undefined;
  const occurs = (type: keyof typeof voicemailEvent.types) => (fact: Left) => {
    const found = fact.personId === null ? undefined : voicemails.byId(fact.voicemailId);
    return found?.personId === undefined ? [] : [{ ownerId: found.personId, type, attributes: eventAttributes(found, nameOf) }];
  };
  return [
    bindEntity(newVoicemails, {
      owners,
      state: (personId) => voicemails.list(isNew(personId), countOnly).total,
      attributes: (personId) => ({
        voicemails: fitTranscripts(voicemails.list(isNew(personId), newest).items.map((one) => summaryOf(one, nameOf))),
      }),
      changedBy: {
        'voicemail.left': ofPerson,
        'voicemail.transcribed': ofPerson,
        'voicemail.heard': ofPerson,
        'voicemail.changed': ofPerson,
        'voicemail.deleted': ofPerson,
      },
    }),
    bindEntity(voicemailEvent, {
      owners,
      occursBy: {
        'voicemail.left': occurs('received'),
        'voicemail.transcribed': occurs('transcribed'),
        'voicemail.heard': occurs('heard'),
      },
    }),
    bindEntity(markAllHeard, { owners, press: async (personId) => void (await voicemails.markAllHeard(personId)) }),
  ];
}

type Left = { readonly voicemailId: VoicemailId; readonly personId: PersonId | null };

function eventAttributes(voicemail: Voicemail, nameOf: NameOf) {
  const { id, caller, name, at, seconds, transcript } = summaryOf(voicemail, nameOf);
  const text = transcript === '' ? {} : { transcript: cutText(transcript, maxTranscriptLength) };
  return { voicemail_id: id, number: caller, name, at, seconds, ...text };
}
