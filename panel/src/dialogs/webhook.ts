import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { changeDestination, createDestination, deleteDestination, getDestination } from '#contract/external.ts';
import { eventNames } from '#contract/facts.ts';
import type { EventName } from '#contract/facts.ts';
import { call } from '../api.ts';
import { whenThere } from '../parts/card.ts';
import '../parts/copy.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { check, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/webhook-deliveries.ts';
import { removeLater } from '../removed.ts';
import { Shown } from '../shown.ts';
import { eventGroups } from '../webhook-events.ts';
import type { Destination } from '../webhook-words.ts';
import { t, tn } from '../words.ts';
import { danger } from './danger.ts';
import './webhook-secret.ts';

type Draft = {
  readonly name: string;
  readonly url: string;
  readonly allowsPrivate: boolean;
  readonly includesContent: boolean;
  readonly events: readonly EventName[];
  readonly enabled: boolean;
};

const empty: Draft = {
  name: '',
  url: '',
  allowsPrivate: false,
  includesContent: false,
  events: ['call.ended', 'voicemail.left', 'message.received'],
  enabled: true,
};

/** A program elsewhere that is told what happens here: where it is, of what, and how the last deliveries went. */
@customElement('gosip-webhook-dialog')
export class GosipWebhookDialog extends DraftDialog<Draft> {
  /** Empty for a new one. */
  @property() destinationId = '';
  /** Shown once, when it was made. */
  @state() private made: { readonly name: string; readonly secret: string } | undefined;
  private readonly seen = new Shown<Destination | null>(
    this,
    async () => (this.destinationId === '' ? null : call(getDestination, { params: { id: this.destinationId } })),
    ['webhook-destination.changed'],
  );

  static override styles = [
    look,
    fields,
    danger,
    css`
      fieldset {
        display: grid;
        gap: 4px;
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 4px;
        font-size: 13px;
        font-weight: 500;
      }
      details {
        font-size: inherit;
      }
      summary {
        min-height: 44px;
        align-content: center;
        color: var(--text);
      }
      .events {
        padding-inline-start: 16px;
      }
      .events label {
        color: var(--text);
        overflow-wrap: anywhere;
      }
      .later {
        display: grid;
        gap: 20px;
        margin-top: 20px;
        padding-top: 20px;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  protected override get draftKey(): string {
    return `webhook ${this.destinationId}`;
  }

  protected override get isNew(): boolean {
    return this.destinationId === '';
  }

  protected override stored(): Draft | undefined {
    const one = this.seen.value ?? undefined;
    return one === undefined ? undefined : draftOf(one);
  }

  protected override fresh(): Draft {
    return empty;
  }

  override render() {
    if (this.made !== undefined) return this.renderMade(this.made);
    const one = this.seen.value ?? undefined;
    return this.renderDialog(
      this.isNew ? t('hook.new') : (one?.name ?? t('page.webhooks')),
      whenThere(this.seen, t('hook.gone'), (found) => this.renderForm(found)),
      {
        ...(this.isNew ? { save: t('hook.add'), canSave: true } : {}),
        other: one === undefined ? nothing : this.renderDelete(one),
      },
    );
  }

  private renderMade({ name, secret }: { readonly name: string; readonly secret: string }) {
    return html`<gosip-dialog firm heading=${name} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <p>${t('hook.secret.once')}</p>
      <gosip-copy label=${t('hook.secret')} .value=${secret}></gosip-copy>
      <md-filled-button slot="actions" @click=${this.close}>${t('action.done')}</md-filled-button>
    </gosip-dialog>`;
  }

  private renderDelete(one: Destination) {
    return html`<md-text-button slot="actions" class="danger" @click=${() => this.removeIt(one)}
      >${t('action.delete')}</md-text-button
    >`;
  }

  private renderForm(one: Destination | null) {
    const draft = this.current;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${problemLine(this.wrongUnseen((name) => name.startsWith('events')))} ${this.renderMeanwhile()}
        ${one === null ? nothing : renderState(one)}
        ${field({
          label: t('field.name'),
          name: 'name',
          hint: t('hook.nameHint'),
          maxLength: 80,
          hasFocus: this.isNew,
          wrong: this.wrong('name'),
          value: draft.name,
          changed: (name) => this.change({ name }),
        })}
        ${field({
          label: t('hook.url'),
          name: 'url',
          hint: t('hook.urlHint'),
          type: 'url',
          inputMode: 'url',
          maxLength: 2000,
          wrong: this.wrong('url'),
          value: draft.url,
          changed: (url) => this.change({ url }),
        })}
        ${this.renderCheck('allowsPrivate', t('hook.allowsPrivate'))} ${this.renderEvents(draft.events)}
        ${this.renderCheck('includesContent', t('hook.includesContent'), t('hook.includesContentHint'))}
        ${this.renderCheck('enabled', t('hook.enabled'))} ${this.renderUnsaved()}
      </form>
      ${
        one === null
          ? nothing
          : html`<div class="later">
              <gosip-webhook-secret .destination=${one}></gosip-webhook-secret>
              <gosip-webhook-deliveries .destinationId=${one.id} .isEnabled=${one.enabled}></gosip-webhook-deliveries>
            </div>`
      }`;
  }

  private renderCheck(name: 'allowsPrivate' | 'includesContent' | 'enabled', label: string, hint = '') {
    return check({ label, name, hint, isOn: this.current[name], changed: (isOn) => this.change({ [name]: isOn }) });
  }

  private renderEvents(chosen: readonly EventName[]) {
    const wrong = this.problem?.fields.some(({ field: name }) => name.startsWith('events')) === true || chosen.length === 0;
    return html`<fieldset aria-describedby=${wrong ? 'events-wrong' : nothing}>
      <legend>${t('hook.events')}</legend>
      ${wrong ? html`<p class="problem" id="events-wrong">${t('hook.events.none')}</p>` : nothing}
      ${eventGroups(eventNames).map(
        ({ title, events }) =>
          html`<details>
            <summary>${t(title)}: ${tn('hook.events.count', events.filter((name) => chosen.includes(name)).length)}</summary>
            <div class="events">
              ${check({
                label: t('hook.events.group', { group: t(title) }),
                name: `all-${title}`,
                isOn: events.every((name) => chosen.includes(name)),
                changed: (isOn) => this.choose(events, isOn),
              })}
              ${events.map((name) =>
                check({
                  label: name,
                  name: `event-${name}`,
                  isOn: chosen.includes(name),
                  changed: (isOn) => this.choose([name], isOn),
                }),
              )}
            </div>
          </details>`,
      )}
    </fieldset>`;
  }

  private choose(names: readonly EventName[], isOn: boolean): void {
    const { events } = this.current;
    this.change({ events: eventNames.filter((name) => (names.includes(name) ? isOn : events.includes(name))) });
  }

  protected override async send(): Promise<void> {
    const draft = this.current;
    this.assertUnchanged();
    const body = { ...draft, events: [...draft.events] };
    if (this.isNew) this.made = await call(createDestination, { body, once: this.once() });
    else await call(changeDestination, { params: { id: this.destinationId }, body });
    this.discard();
    if (this.made !== undefined) return;
    say({ text: t('state.saved') });
    this.close();
  }

  private removeIt({ id, name }: Destination): void {
    removeLater(id, t('hook.deleted', { name }), () => call(deleteDestination, { params: { id } }));
    this.discard();
    this.close();
  }
}

function renderState({ switchedOffBecause: because, dropped }: Destination) {
  const why = because === null ? '' : t('hook.switchedOff', { reason: t(`delivery.reason.${because}`) });
  return [why, dropped === 0 ? '' : tn('hook.dropped', dropped)].map((text) => (text === '' ? nothing : html`<p>${text}</p>`));
}

function draftOf({ name, url, allowsPrivate, includesContent, events, enabled }: Destination): Draft {
  return { name, url, allowsPrivate, includesContent, events, enabled };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-webhook-dialog': GosipWebhookDialog;
  }
}
