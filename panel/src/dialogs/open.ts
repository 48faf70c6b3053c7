// Opens dialogs, each of which is loaded when it is first asked for.
import type { LitElement } from 'lit';

type Tags = { readonly [Tag in keyof HTMLElementTagNameMap]: HTMLElementTagNameMap[Tag] };

/** Puts the dialog on the page; it removes itself when it is closed. */
export function show<Tag extends keyof Tags>(tag: Tag, values: Partial<Tags[Tag]> = {}): Tags[Tag] {
  const dialog = Object.assign(document.createElement(tag), values);
  dialog.addEventListener('closed', () => dialog.remove());
  document.body.append(dialog);
  return dialog;
}

export async function openAccount(): Promise<LitElement> {
  await import('./account.ts');
  return show('gosip-account-dialog');
}

export async function openAddPhone(): Promise<LitElement> {
  await import('./add-phone.ts');
  return show('gosip-add-phone-dialog');
}

export async function openPhone(phoneId: string): Promise<LitElement> {
  await import('./phone.ts');
  return show('gosip-phone-dialog', { phoneId });
}

export async function openPerson(personId: string | undefined): Promise<LitElement> {
  await import('./person.ts');
  return show('gosip-person-dialog', personId === undefined ? {} : { personId });
}

export async function openCall(callId: string): Promise<LitElement> {
  await import('./call.ts');
  return show('gosip-call-dialog', { callId });
}
