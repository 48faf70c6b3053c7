import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { changeAutoReply, createAutoReply, deleteAutoReply, getAutoReply } from '#contract/auto-replies.ts';
import { listMessageNumbers } from '#contract/messages.ts';
import { call } from '../api.ts';
import { autoReplySentence } from '../auto-reply-words.ts';
import type { AutoReply, MessageNumbers } from '../data.ts';
import { whenThere } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { area, choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/week-grid.ts';
import type { GosipWeekGrid } from '../parts/week-grid.ts';
import '../parts/word-list.ts';
import type { GosipWordList } from '../parts/word-list.ts';
import { removeLater } from '../removed.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { countSms } from '../sms-segments.ts';
import { speech } from '../speech-of.ts';
import { t, tn } from '../words.ts';

type Draft = Pick<AutoReply, 'name' | 'number' | 'trigger' | 'keywords' | 'hours' | 'body'> & {
  readonly quietMinutes: number | null;
};

const triggers = ['dnd', 'after_hours', 'keyword'] as const satisfies readonly AutoReply['trigger'][];
const usualQuietMinutes = 60;

async function readAll(id: string) {
  const [reply, numbers] = await Promise.all([
    id === '' ? undefined : call(getAutoReply, { params: { id: id as AutoReply['id'] } }),
    call(listMessageNumbers),
  ]);
  return { reply, numbers };
}

type Seen = Awaited<ReturnType<typeof readAll>>;

/** An automatic reply: when it answers, to whom, and what. */
@customElement('gosip-auto-reply-dialog')
export class GosipAutoReplyDialog extends DraftDialog<Draft> {
  /** Empty: a new one. */
  @property() replyId = '';
  private readonly seen = new Shown(this, () => readAll(this.replyId), ['auto-replies.changed']);

  static override styles = [
    look,
    fields,
    css`
      .now {
        padding: 12px 16px;
        border-radius: 12px;
        background: var(--tint);
        overflow-wrap: anywhere;
      }
      .now p + p {
        margin-top: 8px;
      }
      .said {
        white-space: pre-wrap;
      }
      h3 {
        font-size: 13px;
        font-weight: 500;
      }
      .danger {
        --md-outlined-button-label-text-color: var(--error);
      }
    `,
  ];

  protected override get draftKey(): string {
    return `auto-reply ${this.replyId}`;
  }

  protected override get isNew(): boolean {
    return this.replyId === '';
  }

  protected override stored(): Draft | undefined {
    const { reply } = this.seen.value ?? {};
    return reply === undefined ? undefined : draftOf(reply);
  }

  protected override fresh(): Draft {
    const number = this.seen.value?.numbers.items[0]?.number ?? null;
    return { name: '', number, trigger: 'dnd', keywords: [], hours: [], body: '', quietMinutes: usualQuietMinutes };
  }

  override render() {
    const name = this.seen.value?.reply?.name ?? '';
    const heading = this.replyId === '' ? t('autoReply.new') : name === '' ? t('autoReply.unnamed') : name;
    return this.renderDialog(
      heading,
      whenThere(this.seen, t('autoReply.gone'), (seen) => this.renderForm(seen)),
    );
  }

  private renderForm({ reply, numbers }: Seen) {
    const { name, body, quietMinutes } = this.current;
    const problem = this.wrongUnseen((one) => one.startsWith('keywords') || one.startsWith('hours'));
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(problem)} ${this.renderMeanwhile((theirs) => sentenceOf(theirs))}
      ${field({
        label: t('field.name'),
        name: 'name',
        hint: t('autoReply.nameHint'),
        capitals: 'words',
        maxLength: 80,
        wrong: this.wrong('name'),
        value: name,
        changed: (typed) => this.change({ name: typed }),
      })}
      ${this.renderNumber(numbers)} ${this.renderWhen()}
      ${area({
        label: t('autoReply.body'),
        name: 'body',
        rows: 3,
        maxLength: 1600,
        hint: countText(body),
        wrong: this.wrong('body') === '' ? '' : t('field.missing'),
        value: body,
        changed: (typed) => this.change({ body: typed }),
      })}
      ${field({
        label: t('autoReply.quiet'),
        name: 'quietMinutes',
        type: 'number',
        min: '1',
        max: '10080',
        hint: t('autoReply.quiet.hint'),
        wrong: this.wrong('quietMinutes') === '' ? '' : t('autoReply.quiet.wrong'),
        value: quietMinutes === null ? '' : String(quietMinutes),
        changed: (typed) => this.change({ quietMinutes: typed.trim() === '' ? null : Number(typed) }),
      })}
      <div class="now" role="status">
        <p>${sentenceOf(this.current)}</p>
        ${body.trim() === '' ? nothing : html`<p class="said" dir="auto">${body.trim()}</p>`}
      </div>
      ${this.renderUnsaved()}
      ${
        reply === undefined
          ? nothing
          : html`<div>
              <md-outlined-button type="button" class="danger" @click=${() => this.delete(reply)}
                >${t('action.delete')}</md-outlined-button
              >
            </div>`
      }
    </form>`;
  }

  private renderNumber({ items }: MessageNumbers) {
    const all = isAdmin() ? [{ value: '', text: t('autoReply.all') }] : [];
    const { number } = this.current;
    const known = items.map((one) => ({ value: one.number, text: one.name === '' ? one.number : `${one.name} (${one.number})` }));
    return choice({
      label: t('autoReply.number'),
      name: 'number',
      value: number ?? '',
      wrong: this.wrong('number'),
      choices: [...all, ...known],
      changed: (one) => this.change({ number: one === '' ? null : one }),
    });
  }

  private renderWhen() {
    const { trigger, hours, keywords } = this.current;
    return html`${choice({
      label: t('autoReply.when'),
      name: 'trigger',
      value: trigger,
      choices: triggers.map((one) => ({ value: one, text: t(`autoReply.when.${one}`) })),
      changed: (one) => this.change({ trigger: one as Draft['trigger'] }),
    })}
    ${
      trigger === 'after_hours'
        ? html`<div>
            <h3>${t('autoReply.hours')}</h3>
            <gosip-week-grid
              .value=${hours}
              @changed=${(event: Event) => this.change({ hours: hoursOf(event.target as GosipWeekGrid) })}
            ></gosip-week-grid>
          </div>`
        : nothing
    }
    ${
      trigger === 'keyword'
        ? html`<gosip-word-list
            label=${t('autoReply.words')}
            hint=${t('autoReply.words.hint')}
            none=${t('autoReply.words.none')}
            add=${t('autoReply.words.add')}
            .value=${keywords}
            .wrong=${this.wrong('keywords') === '' ? '' : t('autoReply.words.missing')}
            @changed=${(event: Event) => this.change({ keywords: [...(event.target as GosipWordList).value] })}
          ></gosip-word-list>`
        : nothing
    }`;
  }

  private delete({ id, name }: AutoReply): void {
    const shown = name === '' ? t('autoReply.unnamed') : name;
    removeLater(id, t('autoReply.deleted', { name: shown }), () => call(deleteAutoReply, { params: { id } }));
    this.discard();
    this.close();
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    // What is left empty is refused at its field.
    const body = { ...draft, quietMinutes: draft.quietMinutes ?? 0 };
    if (this.replyId === '') await call(createAutoReply, { body, once: this.once() });
    else {
      const params = { id: this.replyId as AutoReply['id'] };
      this.assertUnchanged(draftOf(await call(getAutoReply, { params })));
      await call(changeAutoReply, { params, body });
    }
    this.discard();
    say({ text: t('state.saved') });
    this.close();
  }
}

function draftOf({ name, number, trigger, keywords, hours, body, quietMinutes }: AutoReply): Draft {
  return { name, number, trigger, keywords, hours, body, quietMinutes };
}

function sentenceOf(draft: Draft): string {
  return autoReplySentence({ ...draft, quietMinutes: draft.quietMinutes ?? usualQuietMinutes }, speech());
}

function countText(body: string): string {
  const { segments, remaining, rare } = countSms(body);
  if (body === '') return '';
  const count = tn('messages.count', segments, { remaining });
  return rare === '' ? count : `${count}. ${t('messages.rare', { sign: rare })}`;
}

function hoursOf({ value }: GosipWeekGrid): Draft['hours'] {
  return value.map(({ days, from, to }) => ({ days: [...days], from, to }));
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-auto-reply-dialog': GosipAutoReplyDialog;
  }
}
