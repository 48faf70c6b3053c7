import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { changeVoicemailSettings, getVoicemailSettings, listSpeechEngines, previewRetention } from '#contract/voicemails.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { nameFormat } from '../intl.ts';
import { card, whenRead } from '../parts/card.ts';
import { renderDetails } from '../parts/details.ts';
import { check, choice, field } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import { changesOf, draftOf, limitNames, numberNames } from '../recording-draft.ts';
import type { RecordingDraft } from '../recording-draft.ts';
import { Shown } from '../shown.ts';
import { locale, t, tn } from '../words.ts';

type Engines = EndpointReply<typeof listSpeechEngines>;
type Loss = EndpointReply<typeof previewRetention>;
type NumberName = (typeof numberNames)[number] | (typeof limitNames)[number];

const typingMs = 400;

/** How voicemails and recordings are made, put into words, and how long they stay; what a shorter time deletes is said before. */
@customElement('gosip-recording')
export class GosipRecording extends FormElement {
  /** What was typed; undefined where nothing was. */
  @state() private draft: RecordingDraft | undefined;
  @state() private loss: Loss | undefined;
  #cancelLook: (() => void) | undefined;
  private readonly seen = new Shown(this, () => call(getVoicemailSettings), []);
  private readonly engines = new Shown<Engines>(this, () => call(listSpeechEngines), []);

  static override styles = [
    look,
    stack,
    fields,
    css`
      .fields {
        padding: 0 16px 20px;
        max-width: 560px;
      }
      .save {
        position: sticky;
        bottom: 0;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: 8px;
        margin-top: 16px;
        padding: 12px 16px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--card);
      }
      .loss {
        flex: 1 1 240px;
      }
      .loss.some {
        font-weight: 500;
      }
      .intro {
        padding: 0 16px 8px;
        color: var(--quiet);
      }
    `,
  ];

  override render() {
    return html`<gosip-page heading=${t('page.recording')}>
      ${whenRead(this.seen, (settings) => this.renderForm(this.draft ?? draftOf(settings)))}
    </gosip-page>`;
  }

  private renderForm(draft: RecordingDraft) {
    return html`<form @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblem()}
      <div class="stack">
        ${card(t('recording.message'), this.renderFields(draft, numberNames))}
        ${card(t('recording.words'), this.renderTranscription(draft))}
        ${card(
          t('recording.keep'),
          html`<p class="intro">${t('recording.keep.text')}</p>
            ${this.renderFields(draft, limitNames)}`,
        )}
      </div>
      ${this.draft === undefined ? nothing : this.renderSave()}
    </form>`;
  }

  private renderFields(draft: RecordingDraft, names: readonly NumberName[]): TemplateResult {
    return html`<div class="fields">
      ${names.map((name) =>
        field({
          label: t(`recording.${name}`),
          name,
          type: 'text',
          inputMode: 'numeric',
          maxLength: 9,
          hint: t(`recording.${name}.hint`),
          wrong: this.wrong(name),
          value: draft[name],
          changed: (value) => this.change({ [name]: value }),
        }),
      )}
    </div>`;
  }

  private renderTranscription(draft: RecordingDraft): TemplateResult {
    const isByHomeAssistant = draft.transcription === 'home-assistant';
    return html`<div class="fields">
      ${choice({
        label: t('recording.transcription'),
        name: 'transcription',
        wrong: this.wrong('transcription'),
        hint: t(`recording.transcription.${draft.transcription}.hint`),
        value: draft.transcription,
        changed: (value) => this.change({ transcription: value as RecordingDraft['transcription'] }),
        choices: (['off', 'home-assistant', 'twilio'] as const).map((value) => ({
          value,
          text: t(`recording.transcription.${value}`),
        })),
      })}
      ${isByHomeAssistant ? this.renderEngine(draft) : nothing}
      ${
        isByHomeAssistant
          ? check({
              label: t('recording.fallback'),
              name: 'transcriptionFallback',
              hint: t('recording.fallback.hint'),
              isOn: draft.transcriptionFallback === 'twilio',
              changed: (isOn) => this.change({ transcriptionFallback: isOn ? 'twilio' : 'none' }),
            })
          : nothing
      }
      ${check({
        label: t('recording.deleteAtTwilio'),
        name: 'deleteAtTwilio',
        isOn: draft.deleteAtTwilio,
        changed: (deleteAtTwilio) => this.change({ deleteAtTwilio }),
      })}
    </div>`;
  }

  private renderEngine({ transcriptionEngine: engine, transcriptionLanguage: language }: RecordingDraft): TemplateResult {
    const { items = [], problem = null } = this.engines.value ?? {};
    const languages =
      items.find(({ id }) => id === engine)?.languages ?? [...new Set(items.flatMap((one) => one.languages))].sort();
    const names = nameFormat(locale.value.tag, 'language');
    const known = engine === '' || items.some(({ id }) => id === engine) ? items : [...items, { id: engine, name: engine }];
    return html`${
      problem === null
        ? nothing
        : html`<div class="problem">
            <p>${t('recording.engines.away')}</p>
            ${renderDetails(problem)}
          </div>`
    }
    ${choice({
      label: t('recording.engine'),
      name: 'transcriptionEngine',
      wrong: this.wrong('transcriptionEngine'),
      value: engine,
      changed: (value) => this.change({ transcriptionEngine: value }),
      choices: [{ value: '', text: t('recording.engine.first') }, ...known.map(({ id, name }) => ({ value: id, text: name }))],
    })}
    ${choice({
      label: t('recording.language'),
      name: 'transcriptionLanguage',
      wrong: this.wrong('transcriptionLanguage'),
      value: language,
      changed: (value) => this.change({ transcriptionLanguage: value }),
      choices: [
        { value: '', text: t('recording.language.house') },
        ...[...new Set([...languages, language])]
          .filter((one) => one !== '')
          .map((one) => ({ value: one, text: names.of(one) ?? one })),
      ],
    })}`;
  }

  private renderSave(): TemplateResult {
    return html`<div class="save">
      <p class="loss ${(this.loss?.voicemails ?? 0) + (this.loss?.recordings ?? 0) > 0 ? 'some' : 'quiet'}" role="status">
        ${this.lossText()}
      </p>
      <md-text-button type="button" @click=${() => this.forget()}>${t('action.discard')}</md-text-button>
      <md-filled-button ?disabled=${this.isBusy} @click=${this.submit}>${t('action.save')}</md-filled-button>
    </div>`;
  }

  private lossText(): string {
    if (this.loss === undefined) return '';
    const { voicemails, recordings } = this.loss;
    if (voicemails + recordings === 0) return t('recording.loss.none');
    return t('recording.loss', {
      voicemails: tn('recording.loss.voicemails', voicemails),
      recordings: tn('recording.loss.recordings', recordings),
    });
  }

  private renderProblem() {
    const text = this.wrongElsewhere(
      ...numberNames,
      ...limitNames,
      'transcription',
      'transcriptionEngine',
      'transcriptionLanguage',
    );
    return problemLine(text);
  }

  private change(part: Partial<RecordingDraft>): void {
    const settings = this.seen.value;
    if (settings === undefined) return;
    this.draft = { ...(this.draft ?? draftOf(settings)), ...part };
    this.#cancelLook?.();
    this.#cancelLook = clock.after(typingMs, () => void this.lookAhead());
  }

  /** What saving would delete. */
  private async lookAhead(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    const limits = Object.fromEntries(
      limitNames.slice(0, 3).flatMap((name) => (/^[1-9]\d*$/.test(draft[name].trim()) ? [[name, draft[name].trim()]] : [])),
    );
    this.loss = await call(previewRetention, { query: limits }).catch(() => undefined);
  }

  private forget(): void {
    this.draft = undefined;
    this.loss = undefined;
    this.problem = undefined;
  }

  protected override async send(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    await call(changeVoicemailSettings, { body: changesOf(draft) as never });
    await this.seen.reload();
    if (draft === this.draft) this.forget();
    say({ text: t('state.saved') });
  }
}
