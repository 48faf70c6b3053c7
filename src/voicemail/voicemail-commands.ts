import { spokenError } from '#base/errors.ts';
import { oneByName } from '#base/find-by-name.ts';
import type { Named } from '#base/find-by-name.ts';
import type { PersonId, VoicemailId } from '#base/ids.ts';
import { markHeardCommand, voicemailsCommand } from '#contract/automation-commands.ts';
import { bindCommand } from '#contract/command.ts';
import type { Command } from '#contract/command.ts';
import type { NameOf } from './ports.ts';
import { whoseVoicemail } from './spoken-words.ts';
import type { Voicemail, VoicemailFilter, VoicemailPage } from './voicemail-store.ts';
import { summaryOf } from './voicemail-summary.ts';
import type { VoicemailChange } from './voicemails.ts';

export type VoicemailCommandDeps = {
  readonly voicemails: {
    list(filter: VoicemailFilter, page: VoicemailPage): { readonly items: readonly Voicemail[]; readonly total: number };
    change(id: VoicemailId, change: VoicemailChange): Promise<unknown>;
    markAllHeard(personId: PersonId): Promise<readonly VoicemailId[]>;
  };
  readonly people: { all(): readonly Named<PersonId>[] };
  readonly nameOf: NameOf;
};

export function voicemailCommands({ voicemails, people, nameOf }: VoicemailCommandDeps): readonly Command[] {
  return [
    bindCommand(markHeardCommand, async ({ voicemail_id: id, person }) => {
      if (id !== undefined) {
        await voicemails.change(id as VoicemailId, { isHeard: true });
        return { heard: 1 };
      }
      if (person === undefined) throw spokenError('invalid', whoseVoicemail);
      return { heard: (await voicemails.markAllHeard(oneByName(people.all(), person).id)).length };
    }),
    bindCommand(voicemailsCommand, async ({ person, heard, limit }) => {
      const found = oneByName(people.all(), person);
      const filter = { personId: found.id, isHeard: heard, isArchived: false };
      const { items, total } = voicemails.list(filter, { limit, offset: 0, sort: 'leftAt', order: 'desc' });
      return {
        person: found.name,
        total,
        voicemails: items.map((one) => ({ ...summaryOf(one, nameOf), heard: one.heardAt !== undefined })),
      };
    }),
  ];
}
