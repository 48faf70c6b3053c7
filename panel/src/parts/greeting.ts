import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiUndo, mdiUploadOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { live } from 'lit/directives/live.js';
import { getGreeting, setGreeting, setGreetingAudio } from '#contract/voicemails.ts';
import { call } from '../api.ts';
import { greetingAudio, keepGreeting } from '../greeting-before.ts';
import type { Before, Greeting } from '../greeting-before.ts';
import { keepGreetingDraft, takeGreetingDraft } from '../greeting-drafts.ts';
import { languageChoices } from '../greeting-languages.ts';
import { Shown } from '../shown.ts';
import { dropTake, maxSeconds, minSeconds, takeOfFile } from '../take.ts';
import type { Take } from '../take.ts';
import { upload } from '../upload.ts';
import { locale, t } from '../words.ts';
import { notRead } from './card.ts';
import { area, choice } from './field.ts';
import { fields, FormElement, problemLine } from './form.ts';
import { greetingStyles } from './greeting-styles.ts';
import './icon.ts';
import { look } from './look.ts';
import './player.ts';
import './recorder.ts';
import { say } from './snackbar.ts';

type Kind = Greeting['kind'];
const kinds = [
  { kind: 'standard', text: 'greeting.standard', more: 'greeting.standard.text' },
  { kind: 'text', text: 'greeting.text', more: 'greeting.text.text' },
  { kind: 'audio', text: 'greeting.audio', more: 'greeting.audio.text' },
] as const;
/** Nobody’s greeting; a file of hours would take all memory to decode. */
const maxFileBytes = 50_000_000;

/**
 * What callers of a person hear before the tone: the usual words, a text that is read, a voice recorded here, or a file.
 * `personId`: whose; one’s own where it is left out. Saves by itself; what was recorded stays until it is saved, and what was there can be brought back.
 */
@customElement('gosip-greeting')
export class GosipGreeting extends FormElement {
  @property() personId = 'me';
  @state() private chosen: Kind | undefined;
  @state() private text: string | undefined;
  @state() private language: string | undefined;
  @state() private take: Take | undefined;
  @state() private fileProblem = '';
  @state() private former: Before | undefined;
  /** So that no player goes on with the recording before. */
  @state() private version = 0;
  private readonly seen = new Shown(this, () => call(getGreeting, { params: this.params }), []);

  static override styles = [look, fields, greetingStyles];

  private get params() {
    return { personId: this.personId as Greeting['personId'] | 'me' };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.takeUp();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.putAway(this.personId);
  }

  private takeUp(): void {
    Object.assign(this, takeGreetingDraft(this.personId) ?? {});
  }

  /** What is not saved is there when somebody comes back. */
  private putAway(personId: string): void {
    const { chosen, text, language, take } = this;
    keepGreetingDraft(personId, { chosen, text, language, take });
    Object.assign(this, { chosen: undefined, text: undefined, language: undefined, take: undefined });
  }

  override willUpdate(changed: PropertyValues): void {
    const former = changed.get('personId') as string | undefined;
    if (!changed.has('personId') || former === undefined || !this.hasUpdated) return;
    this.putAway(former);
    this.takeUp();
    this.former = undefined;
    this.seen.value = undefined;
    void this.seen.reload();
  }

  override render() {
    const { value, problem } = this.seen;
    if (value === undefined) return notRead(problem);
    const kind = this.chosen ?? value.kind;
    const wrong = this.wrongElsewhere('text', 'language');
    return html`<fieldset>
        <legend>${t('greeting.title')}</legend>
        ${kinds.map((one) => this.renderKind(one, kind))}
      </fieldset>
      ${kind === 'text' ? this.renderText(value) : nothing} ${kind === 'audio' ? this.renderAudio(value) : nothing}
      ${problemLine(wrong)}
      ${
        this.former === undefined
          ? nothing
          : html`<div>
              <md-text-button ?disabled=${this.isBusy} @click=${() => void this.bringBack()}
                ><gosip-icon slot="icon" .path=${mdiUndo}></gosip-icon>${t('greeting.bringBack')}</md-text-button
              >
            </div>`
      }`;
  }

  private renderKind({ kind, text, more }: (typeof kinds)[number], chosen: Kind) {
    return html`<label class="kind">
      <input type="radio" name="kind" value=${kind} .checked=${live(kind === chosen)} @change=${() => this.choose(kind)} />
      <span>${t(text)}<span class="quiet">${t(more)}</span></span>
    </label>`;
  }

  private renderText(value: Greeting) {
    const text = this.text ?? value.text;
    const language = this.language ?? value.language;
    const isSame = value.kind === 'text' && text.trim() === value.text && language === value.language;
    return html`<form class="fields" @submit=${this.submit}>
      ${area({
        label: t('greeting.words'),
        name: 'text',
        value: text,
        maxLength: 1000,
        wrong: this.wrong('text'),
        hint: t('greeting.words.hint'),
        changed: (typed) => (this.text = typed),
      })}
      ${choice({
        label: t('greeting.language'),
        name: 'language',
        value: language,
        choices: languageChoices(locale.value.tag, t('greeting.language.house'), language),
        wrong: this.wrong('language'),
        changed: (chosen) => (this.language = chosen),
      })}
      <div>
        <md-filled-button type="button" ?disabled=${this.isBusy || isSame || text.trim() === ''} @click=${this.submit}
          >${t('greeting.use')}</md-filled-button
        >
      </div>
    </form>`;
  }

  private renderAudio(value: Greeting) {
    const { take } = this;
    return html`<div class="own">
      ${take === undefined && value.kind === 'audio' ? this.renderSaved() : nothing}
      ${take === undefined ? nothing : this.renderTake(take)}
      <div class="line">
        <gosip-recorder @recorded=${({ detail }: CustomEvent<Take>) => this.took(detail)}></gosip-recorder>
        <label class="upload">
          <gosip-icon .path=${mdiUploadOutline}></gosip-icon>${t('greeting.upload')}
          <input type="file" accept="audio/*" @change=${this.chosenFile} />
        </label>
      </div>
      <p class="bad" role="alert" ?hidden=${this.fileProblem === ''}>${this.fileProblem}</p>
    </div>`;
  }

  private renderSaved() {
    return keyed(
      this.version,
      html`<gosip-player label=${t('greeting.now')} audio=${greetingAudio(this.params)} file="greeting.wav"></gosip-player>`,
    );
  }

  private renderTake(take: Take) {
    return html`<h3>${t('greeting.listen')}</h3>
      <gosip-player
        label=${t('greeting.take')}
        audio=${take.url}
        .levels=${take.levels}
        seconds=${take.seconds}
        file="greeting.wav"
      ></gosip-player>
      <div class="line">
        <md-filled-button ?disabled=${this.isBusy} @click=${() => void this.attempt(() => this.saveTake(take))}
          >${t('greeting.use')}</md-filled-button
        >
        <md-text-button ?disabled=${this.isBusy} @click=${() => this.took(undefined)}>${t('action.discard')}</md-text-button>
      </div>`;
  }

  private choose(kind: Kind): void {
    this.chosen = kind;
    this.problem = undefined;
    if (kind === 'standard' && this.seen.value?.kind !== 'standard') {
      void this.saveStandard();
    }
  }

  private async saveStandard(): Promise<void> {
    await this.attempt(() => this.save(() => call(setGreeting, { params: this.params, body: { kind: 'standard' } })));
    // What is still there is what is chosen.
    if (this.problem !== undefined) this.chosen = undefined;
  }

  private took(take: Take | undefined): void {
    dropTake(this.take);
    this.take = take;
    this.fileProblem = '';
  }

  /** What people have on their telephones is seldom WAV: whatever the browser can play is made so here. */
  private async chosenFile(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file === undefined) return;
    try {
      const take = file.size > maxFileBytes ? undefined : await takeOfFile(file);
      if (take === undefined || take.seconds > maxSeconds) this.fileProblem = t('greeting.tooLong');
      else if (take.seconds < minSeconds) this.fileProblem = t('recorder.short');
      else this.took(take);
    } catch {
      this.fileProblem = t('greeting.noSound');
    }
    // The same file can be chosen again.
    input.value = '';
  }

  protected override async send(): Promise<void> {
    const { value } = this.seen;
    const text = (this.text ?? value?.text ?? '').trim();
    const language = this.language ?? value?.language ?? '';
    const body = { kind: 'text' as const, text, ...(language === '' ? {} : { language }) };
    await this.save(() => call(setGreeting, { params: this.params, body }));
  }

  private async saveTake(take: Take): Promise<void> {
    await this.save(() => upload(setGreetingAudio, take.file, { params: this.params, type: 'audio/wav' }));
    this.took(undefined);
  }

  /** Keeps what was there first: nothing is replaced that could not be brought back. */
  private async save(act: () => Promise<Greeting>): Promise<void> {
    const { value } = this.seen;
    const before = value === undefined ? undefined : await keepGreeting(value, this.params);
    this.shown(await act());
    this.former = before;
    say({ text: t('greeting.saved'), ...(before === undefined ? {} : { undo: () => void this.bringBack() }) });
  }

  private shown(greeting: Greeting): void {
    this.seen.value = greeting;
    Object.assign(this, { chosen: undefined, text: undefined, language: undefined, version: this.version + 1 });
  }

  private async bringBack(): Promise<void> {
    const before = this.former;
    if (before === undefined) return;
    await this.attempt(async () => {
      this.shown(await before());
      this.former = undefined;
      say({ text: t('greeting.back') });
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-greeting': GosipGreeting;
  }
}
