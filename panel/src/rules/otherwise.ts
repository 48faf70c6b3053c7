import { span } from './speech.ts';
import type { Speech } from './speech.ts';

type OwnedNumber = { readonly ownerPersonId: string | null; readonly voiceEnabled: boolean };
type House = { readonly people: readonly { readonly id: string; readonly name: string }[]; readonly ringSeconds: number };

/** What becomes of a call to a number where no rule fits. */
export function otherwiseText(
  { ownerPersonId, voiceEnabled }: OwnedNumber,
  { people, ringSeconds }: House,
  speech: Speech,
): string {
  const { t } = speech;
  if (!voiceEnabled) return t('routing.otherwise.off');
  const name = people.find(({ id }) => id === ownerPersonId)?.name;
  if (name === undefined) return t('routing.otherwise.nobody');
  return t('routing.otherwise.owner', { name, seconds: span(ringSeconds, speech) });
}
