import type { PersonId } from '#base/ids.ts';
import { bindEntity, entity } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';
import type { VoicemailFilter, VoicemailPage } from './voicemail-store.ts';

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
});

export type VoicemailEntityDeps = {
  readonly voicemails: { list(filter: VoicemailFilter, page: VoicemailPage): { readonly total: number } };
  readonly people: { all(): readonly EntityOwner<PersonId>[] };
};

const pollSeconds = 60;
const countOnly = { limit: 0, offset: 0, sort: 'leftAt', order: 'desc' } as const;

export function voicemailEntities({ voicemails, people }: VoicemailEntityDeps): readonly Entity[] {
  const ofPerson = ({ personId }: { readonly personId: PersonId | null }) => personId ?? undefined;
  return [
    bindEntity(newVoicemails, {
      owners: () => people.all(),
      state: (personId) => voicemails.list({ personId, isHeard: false, isArchived: false }, countOnly).total,
      changedBy: {
        'voicemail.left': ofPerson,
        'voicemail.heard': ofPerson,
        'voicemail.changed': ofPerson,
        'voicemail.deleted': ofPerson,
      },
      // People come and go without a fact.
      pollSeconds,
    }),
  ];
}
