import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { changeSpamList, createSpamList, deleteSpamList, getSpamList } from '#contract/spam-lists.ts';
import { call } from '../api.ts';
import type { SpamList } from '../data.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { check, choice, field } from '../parts/field.ts';
import type { FieldOptions } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { removeLater } from '../removed.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { danger } from './danger.ts';

type Draft = {
  readonly name: string;
  readonly source: 'file' | 'url';
  readonly url: string;
  readonly token: string;
  readonly country: string;
  readonly enabled: boolean;
};

const empty: Draft = { name: '', source: 'file', url: '', token: '', country: '', enabled: true };
const shown = ['name', 'url', 'token', 'country'] as const;

/** A list of numbers that others reported: where it is from, and whether it blocks. */
@customElement('gosip-spam-list-dialog')
export class GosipSpamListDialog extends FormElement {
  /** Empty for a new one. */
  @property() listId = '';
  @state() private draft: Draft | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown<SpamList | null>(
    this,
    async () => (this.listId === '' ? null : call(getSpamList, { params: { id: this.listId } })),
    [],
  );

  static override styles = [look, fields, danger];

  override render() {
    const list = this.seen.value ?? undefined;
    return html`<gosip-dialog
      firm
      heading=${this.listId === '' ? t('spam.add') : (list?.name ?? t('spam.title'))}
      @closed=${() => this.dispatchEvent(new Event('closed'))}
    >
      ${whenRead(this.seen, (seen) => this.renderForm(seen))}
      ${
        list === undefined
          ? nothing
          : html`<md-text-button slot="actions" class="danger" @click=${() => this.removeList(list)}
              >${t('action.delete')}</md-text-button
            >`
      }
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}>${t('action.save')}</md-filled-button>
    </gosip-dialog>`;
  }

  private renderForm(list: SpamList | null) {
    const draft = this.draft ?? draftOf(list);
    const change = (part: Partial<Draft>) => (this.draft = { ...draft, ...part });
    const line = (name: (typeof shown)[number], more: Partial<FieldOptions> & { label: string }) =>
      field({ name, wrong: this.wrong(name), value: draft[name], changed: (value) => change({ [name]: value }), ...more });
    const problem = this.wrongElsewhere(...shown);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(problem)} ${line('name', { label: t('field.name'), capitals: 'words', maxLength: 80, hasFocus: true })}
      ${choice({
        label: t('spam.source'),
        name: 'source',
        value: draft.source,
        changed: (source) => change({ source: source === 'url' ? 'url' : 'file' }),
        choices: [
          { value: 'file', text: t('spam.source.file') },
          { value: 'url', text: t('spam.source.url') },
        ],
      })}
      ${
        draft.source === 'file'
          ? nothing
          : html`${line('url', { label: t('spam.url'), hint: t('spam.urlHint'), type: 'url', inputMode: 'url', maxLength: 500 })}
            ${line('token', {
              label: t('spam.token'),
              hint: t(list?.hasToken === true ? 'spam.tokenKept' : 'spam.tokenHint'),
              type: 'password',
              autocomplete: 'new-password',
              maxLength: 500,
            })}`
      }
      ${line('country', { label: t('spam.country'), hint: t('spam.countryHint'), maxLength: 2 })}
      ${check({
        label: t('spam.enabled'),
        name: 'enabled',
        hint: t('spam.enabledHint'),
        isOn: draft.enabled,
        changed: (enabled) => change({ enabled }),
      })}
    </form>`;
  }

  protected override async send(): Promise<void> {
    const list = this.seen.value ?? null;
    const { name, source, url, token, country, enabled } = this.draft ?? draftOf(list);
    const body = {
      name,
      enabled,
      url: source === 'url' ? url.trim() : null,
      ...(country.trim() === '' ? {} : { country: country.trim().toUpperCase() }),
      ...(token.trim() === '' ? {} : { token: token.trim() }),
    };
    await (list === null ? call(createSpamList, { body }) : call(changeSpamList, { params: { id: list.id }, body }));
    say({ text: t('state.saved') });
    this.dialog.close();
  }

  private removeList({ id, name }: SpamList): void {
    removeLater(id, t('spam.deleted', { name }), () => call(deleteSpamList, { params: { id } }));
    this.dialog.close();
  }
}

function draftOf(list: SpamList | null): Draft {
  if (list === null) return empty;
  const { name, url, country, enabled } = list;
  return { name, source: url === null ? 'file' : 'url', url: url ?? '', token: '', country, enabled };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-spam-list-dialog': GosipSpamListDialog;
  }
}
