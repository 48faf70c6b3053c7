import { withoutAccents } from '#base/without-accents.ts';
import { requiredDisplayName } from '#contract/display-name.ts';
import { username as usernameSchema } from '#contract/people.ts';
import { validate } from '#contract/validation.ts';

/** Whom Home Assistant names; a user need not have either name. */
export type HomeAssistantUserNames = {
  readonly id: string;
  readonly loginName: string | undefined;
  readonly displayName: string | undefined;
};

const maxUsername = 32;
const maxName = 80;

/** What such a user is called here: their name there as far as phones can show it, and a username that is free. */
export function personNames(
  { id, loginName, displayName }: HomeAssistantUserNames,
  isTaken: (username: string) => boolean,
): { readonly username: string; readonly name: string } {
  const names = [displayName, loginName].flatMap((text) => shown(text));
  const wanted = [loginName, displayName].flatMap((text) => usernameFrom(text))[0] ?? `ha-${id.slice(0, 8)}`;
  return { username: freeOf(wanted, isTaken), name: names[0] ?? wanted };
}

function shown(text: string | undefined): readonly string[] {
  const checked = validate(requiredDisplayName, (text ?? '').slice(0, maxName));
  return checked.kind === 'fits' ? [checked.value] : [];
}

/** `Anna Müller` → `anna.muller`. */
function usernameFrom(text: string | undefined): readonly string[] {
  const plain = withoutAccents(text ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '.')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  const checked = validate(usernameSchema, plain.slice(0, maxUsername));
  return checked.kind === 'fits' ? [checked.value] : [];
}

function freeOf(wanted: string, isTaken: (username: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : `-${number}`;
    const one = `${wanted.slice(0, maxUsername - end.length)}${end}`;
    if (!isTaken(one)) return one;
  }
}
