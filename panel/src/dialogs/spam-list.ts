import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { changeSpamList, createSpamList, deleteSpamList, getSpamList } from '#contract/spam-lists.ts';
import { call } from '../api.ts';
import type { SpamList } from '../data.ts';
import { whenRead } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { check, choice, field } from '../parts/field.ts';
import type { FieldOptions } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
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
export class GosipSpamListDialog extends DraftDialog<Draft> {
  /** Empty for a new one. */
  @property() listId = '';
  private readonly seen = new Shown<SpamList | null>(
    this,
    async () => (this.listId === '' ? null : call(getSpamList, { params: { id: this.listId } })),
    [],
  );

  static override styles = [look, fields, danger];

  protected override readonly secrets = ['token'] as const;

  protected override get draftKey(): string {
    return `spam-list ${this.listId}`;
  }

  protected override get isNew(): boolean {
    return this.listId === '';
  }

  protected override stored(): Draft | undefined {
    const list = this.seen.value ?? undefined;
    return list === undefined ? undefined : draftOf(list);
  }

  protected override fresh(): Draft {
    return empty;
  }

  override render() {
    const list = this.seen.value ?? undefined;
    const remove = (one: SpamList) =>
      html`<md-text-button slot="actions" class="danger" @click=${() => this.removeList(one)}
        >${t('action.delete')}</md-text-button
      >`;
    return this.renderDialog(
      this.listId === '' ? t('spam.add') : (list?.name ?? t('spam.title')),
      whenRead(this.seen, (seen) => this.renderForm(seen)),
      list === undefined ? {} : { other: remove(list) },
    );
  }

  private renderForm(list: SpamList | null) {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    const line = (name: (typeof shown)[number], more: Partial<FieldOptions> & { label: string }) =>
      field({ name, wrong: this.wrong(name), value: draft[name], changed: (value) => change({ [name]: value }), ...more });
    const problem = this.wrongElsewhere(...shown);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(problem)} ${this.renderMeanwhile()}
      ${line('name', { label: t('field.name'), capitals: 'words', maxLength: 80, hasFocus: true })}
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
      ${this.renderUnsaved()}
    </form>`;
  }

  protected override async send(): Promise<void> {
    const list = this.seen.value ?? null;
    const { name, source, url, token, country, enabled } = this.current;
    this.assertUnchanged();
    const body = {
      name,
      enabled,
      url: source === 'url' ? url.trim() : null,
      ...(country.trim() === '' ? {} : { country: country.trim().toUpperCase() }),
      ...(token.trim() === '' ? {} : { token: token.trim() }),
    };
    await (list === null
      ? call(createSpamList, { body, once: this.once() })
      : call(changeSpamList, { params: { id: list.id }, body }));
    this.discard();
    say({ text: t('state.saved') });
    this.close();
  }

  private removeList({ id, name }: SpamList): void {
    removeLater(id, t('spam.deleted', { name }), () => call(deleteSpamList, { params: { id } }));
    this.discard();
    this.close();
  }
}

function draftOf({ name, url, country, enabled }: SpamList): Draft {
  return { name, source: url === null ? 'file' : 'url', url: url ?? '', token: '', country, enabled };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-spam-list-dialog': GosipSpamListDialog;
  }
}
