import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { changeBlocklistEntry, createBlocklistEntry, deleteBlocklistEntry, getBlocklistEntry } from '#contract/blocklist.ts';
import { call } from '../api.ts';
import { blockedText, hitsText } from '../block-words.ts';
import type { BlocklistEntry } from '../data.ts';
import { whenThere } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { removeLater } from '../removed.ts';
import { isAdmin, me } from '../session.ts';
import { Shown } from '../shown.ts';
import type { StringKey } from '../strings/en.ts';
import { sayDone } from '../undo.ts';
import { t } from '../words.ts';
import { danger } from './danger.ts';

type Draft = Pick<BlocklistEntry, 'kind' | 'pattern' | 'reason'> & { readonly owner: 'house' | 'me' };

const kinds: Readonly<
  Record<BlocklistEntry['kind'], { readonly name: StringKey; readonly label: StringKey; readonly hint: StringKey }>
> = {
  exact: { name: 'block.kind.exact', label: 'contact.number', hint: 'block.hint.exact' },
  prefix: { name: 'block.kind.prefix', label: 'block.digits', hint: 'block.hint.prefix' },
  regex: { name: 'block.kind.regex', label: 'block.expression', hint: 'block.hint.regex' },
};

/** Whom to block, in words; or one who is blocked. */
@customElement('gosip-blocklist-entry-dialog')
export class GosipBlocklistEntryDialog extends DraftDialog<Draft> {
  /** Empty for a new one. */
  @property() entryId = '';
  private readonly seen = new Shown<BlocklistEntry | null>(
    this,
    async () => (this.entryId === '' ? null : call(getBlocklistEntry, { params: { id: this.entryId } })),
    ['blocklist-entry.changed'],
  );

  static override styles = [look, fields, danger];

  protected override get draftKey(): string {
    return `blocklist-entry ${this.entryId}`;
  }

  protected override get isNew(): boolean {
    return this.entryId === '';
  }

  protected override stored(): Draft | undefined {
    const entry = this.seen.value ?? undefined;
    return entry === undefined ? undefined : draftOf(entry);
  }

  protected override fresh(): Draft {
    return { kind: 'exact', pattern: '', reason: '', owner: 'house' };
  }

  override render() {
    const entry = this.seen.value ?? undefined;
    const remove = (one: BlocklistEntry) =>
      html`<md-text-button slot="actions" class="danger" @click=${() => this.letThrough(one)}
        >${t('block.remove')}</md-text-button
      >`;
    return this.renderDialog(
      entry === undefined ? t('block.add') : blockedText(entry),
      whenThere(this.seen, t('problem.gone'), (seen) => this.renderForm(seen)),
      entry === undefined ? { save: t('block.action'), canSave: this.isNew } : { other: remove(entry) },
    );
  }

  private renderForm(entry: BlocklistEntry | null) {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    const { label, hint } = kinds[draft.kind];
    const problem = this.wrongElsewhere('pattern', 'reason');
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(problem)} ${this.renderMeanwhile((theirs) => blockedText(theirs))}
      ${entry === null ? nothing : html`<p class="quiet">${hitsText(entry)}</p>`}
      ${choice({
        label: t('block.kind'),
        name: 'kind',
        value: draft.kind,
        changed: (kind) => change({ kind: kind as Draft['kind'] }),
        choices: Object.entries(kinds).map(([value, { name }]) => ({ value, text: t(name) })),
      })}
      ${field({
        label: t(label),
        name: 'pattern',
        hint: t(hint),
        inputMode: draft.kind === 'regex' ? 'text' : 'tel',
        maxLength: 200,
        hasFocus: true,
        wrong: this.wrong('pattern'),
        value: draft.pattern,
        changed: (pattern) => change({ pattern }),
      })}
      ${field({
        label: t('block.reason'),
        name: 'reason',
        hint: t('block.reasonHint'),
        maxLength: 200,
        wrong: this.wrong('reason'),
        value: draft.reason,
        changed: (reason) => change({ reason }),
      })}
      ${entry === null ? this.renderOwner(draft, change) : nothing} ${this.renderUnsaved()}
    </form>`;
  }

  private renderOwner(draft: Draft, change: (part: Partial<Draft>) => void) {
    if (!isAdmin()) return html`<p class="quiet">${t('block.ofMe')}</p>`;
    if (me()?.person?.id === undefined) return nothing;
    return choice({
      label: t('block.whose'),
      name: 'owner',
      value: draft.owner,
      changed: (owner) => change({ owner: owner === 'me' ? 'me' : 'house' }),
      choices: [
        { value: 'house', text: t('block.whose.house') },
        { value: 'me', text: t('block.whose.me') },
      ],
    });
  }

  protected override async send(): Promise<void> {
    const entry = this.seen.value ?? null;
    const { owner, ...body } = this.current;
    this.assertUnchanged();
    if (entry === null) await this.add(body, owner);
    else await this.save(entry, body);
    this.discard();
    this.close();
  }

  private async add(body: Omit<Draft, 'owner'>, owner: Draft['owner']): Promise<void> {
    const made = await call(createBlocklistEntry, {
      body: { ...body, ...(isAdmin() ? { owner } : {}) },
      once: this.once(),
    });
    sayDone(t('block.done', { what: blockedText(made) }), () => call(deleteBlocklistEntry, { params: { id: made.id } }));
  }

  private async save({ id, kind, pattern, reason }: BlocklistEntry, body: Omit<Draft, 'owner'>): Promise<void> {
    await call(changeBlocklistEntry, { params: { id }, body });
    sayDone(t('state.saved'), () => call(changeBlocklistEntry, { params: { id }, body: { kind, pattern, reason } }));
  }

  private letThrough(entry: BlocklistEntry): void {
    const text = t('block.undone', { number: blockedText(entry) });
    removeLater(entry.id, text, () => call(deleteBlocklistEntry, { params: { id: entry.id } }));
    this.discard();
    this.close();
  }
}

function draftOf({ kind, pattern, reason, personId }: BlocklistEntry): Draft {
  return { kind, pattern, reason, owner: personId === null ? 'house' : 'me' };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-blocklist-entry-dialog': GosipBlocklistEntryDialog;
  }
}
