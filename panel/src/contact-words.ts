import type { StringKey } from './strings/en.ts';
import { numberKinds, usualGroups } from './contact-draft.ts';
import { t } from './words.ts';

/** Such as “Mobile”; what somebody made up themselves is shown as it is. */
export function kindText(label: string): string {
  const known = numberKinds.find((one) => one === label.toLowerCase());
  return known === undefined ? label : t(`contact.kind.${known}`);
}

export function groupText(group: string): string {
  const known = usualGroups.find((one) => one.toLowerCase() === group.toLowerCase());
  return known === undefined ? group : t(`contact.group.${known}` satisfies StringKey);
}
