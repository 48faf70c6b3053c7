import '@material/web/button/outlined-button.js';
import { mdiClose } from '@mdi/js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { groupChoices, isIn, numberKinds, toggled, withNumber, withOneMore, withoutNumber } from '../contact-draft.ts';
import type { ContactDraft } from '../contact-draft.ts';
import { groupText, kindText } from '../contact-words.ts';
import type { Contact, Person } from '../data.ts';
import { choice, field } from '../parts/field.ts';
import '../parts/icon-button.ts';
import { t } from '../words.ts';
import { problemLine } from '../parts/form.ts';

export type ContactFormFacts = {
  readonly draft: ContactDraft;
  /** Undefined for a new one. */
  readonly contact: Contact | undefined;
  readonly people: readonly Person[];
  readonly groupTyped: string;
  /** What others changed meanwhile, and that it is not saved. */
  readonly notes: TemplateResult;
  /** What is wrong that no field shows. */
  readonly problem: string;
  readonly wrong: (field: string) => string;
  readonly change: (draft: ContactDraft) => void;
  readonly typeGroup: (text: string) => void;
  readonly submit: (event: Event) => Promise<void>;
  readonly submitOnEnter: (event: KeyboardEvent) => void;
  readonly isAdmin: boolean;
  readonly ownId: Person['id'] | undefined;
};

const maxNumbers = 20;

/** What can be typed about a contact; of one that an address book keeps, its groups. */
export function renderContactForm(facts: ContactFormFacts): TemplateResult {
  const { draft, contact, problem, wrong, change } = facts;
  const isKeptElsewhere = contact !== undefined && contact.addressBookId !== null;
  return html`<form class="fields" @submit=${facts.submit} @keydown=${facts.submitOnEnter}>
    ${problemLine(problem)}
    ${
      isKeptElsewhere
        ? html`<p class="quiet">${t('contact.keptElsewhere')}</p>`
        : html`${field({
            label: t('field.name'),
            name: 'name',
            capitals: 'words',
            maxLength: 80,
            hasFocus: true,
            wrong: wrong('name'),
            value: draft.name,
            changed: (name) => change({ ...draft, name }),
          })}
          ${renderNumbers(facts)}`
    }
    ${renderGroups(facts)} ${isKeptElsewhere ? nothing : renderOwner(facts)} ${facts.notes}
  </form>`;
}

function renderNumbers(facts: ContactFormFacts): TemplateResult {
  const { draft, change } = facts;
  return html`<fieldset>
    <legend class="spoken">${t('contact.numbers')}</legend>
    ${draft.numbers.map((_one, at) => renderNumber(facts, at))}
    ${
      draft.numbers.length >= maxNumbers
        ? nothing
        : html`<md-outlined-button type="button" @click=${() => change(withOneMore(draft))}
            >${t('contact.addNumber')}</md-outlined-button
          >`
    }
  </fieldset>`;
}

function renderNumber({ draft, wrong, change }: ContactFormFacts, at: number): TemplateResult {
  const { number, label } = draft.numbers[at] ?? { number: '', label: '' };
  return html`<div class="line">
    ${field({
      label: t('contact.number'),
      name: `number-${at}`,
      type: 'tel',
      inputMode: 'tel',
      maxLength: 80,
      wrong: wrong(`numbers.${at}.number`) || (at === 0 ? wrong('numbers') : ''),
      value: number,
      changed: (typed) => change(withNumber(draft, at, { number: typed })),
    })}
    ${choice({
      label: t('contact.kind'),
      name: `kind-${at}`,
      value: label,
      changed: (chosen) => change(withNumber(draft, at, { label: chosen })),
      choices: kindChoices(label),
    })}
    <gosip-icon-button
      .path=${mdiClose}
      label=${number === '' ? t('contact.removeNumber') : t('contact.removeThis', { number })}
      @click=${() => change(withoutNumber(draft, at))}
    ></gosip-icon-button>
  </div>`;
}

function kindChoices(label: string): readonly { readonly value: string; readonly text: string }[] {
  const known = numberKinds.find((kind) => kind === label.toLowerCase());
  const values = label === '' || known === label ? numberKinds : [...numberKinds.filter((kind) => kind !== known), label];
  return [{ value: '', text: t('contact.kind.none') }, ...values.map((value) => ({ value, text: kindText(value) }))];
}

function renderGroups({ draft, contact, groupTyped, change, typeGroup }: ContactFormFacts): TemplateResult {
  const choose = (group: string) => change({ ...draft, groups: toggled(draft.groups, group) });
  const add = () => {
    if (!isIn(draft.groups, groupTyped.trim())) choose(groupTyped);
    typeGroup('');
  };
  return html`<fieldset>
    <legend>${t('contact.groups')}</legend>
    <div class="chips">
      ${groupChoices(contact?.groups ?? [], draft.groups).map(
        (group) =>
          html`<button type="button" aria-pressed=${isIn(draft.groups, group)} @click=${() => choose(group)}>
            ${groupText(group)}
          </button>`,
      )}
    </div>
    <p class="hint">${t('contact.groups.text')}</p>
    <div class="another">
      ${field({
        label: t('contact.anotherGroup'),
        name: 'group',
        maxLength: 40,
        value: groupTyped,
        changed: typeGroup,
      })}
      <md-outlined-button type="button" ?disabled=${groupTyped.trim() === ''} @click=${add}
        >${t('contact.addGroup')}</md-outlined-button
      >
    </div>
  </fieldset>`;
}

function renderOwner({ draft, people, isAdmin, ownId, change }: ContactFormFacts) {
  if (!isAdmin) return html`<p class="quiet">${t('contact.ofMe')}</p>`;
  return choice({
    label: t('contact.whose'),
    name: 'owner',
    value: draft.personId ?? '',
    changed: (chosen) => change({ ...draft, personId: chosen === '' ? null : chosen }),
    choices: [
      { value: '', text: t('contact.whose.house') },
      ...people.map(({ id, name }) => ({
        value: id,
        text: id === ownId ? t('contact.whose.me') : t('contact.whose.other', { name }),
      })),
    ],
  });
}
