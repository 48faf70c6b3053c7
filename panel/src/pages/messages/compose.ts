import { mdiClose, mdiPaperclip, mdiSend } from '@mdi/js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { messageUpload, sendMessage, uploadMessageMedia } from '#contract/messages.ts';
import { call } from '../../api.ts';
import { attachmentProblem } from '../../attachment-problem.ts';
import { clock } from '../../clock.ts';
import type { Message } from '../../data.ts';
import { formatBytes } from '../../format.ts';
import { changedDraft, emptyDraft } from '../../message-draft.ts';
import type { Attachment, MessageDraft } from '../../message-draft.ts';
import { guardMessageDraft, keepMessageDraft, takeMessageDraft } from '../../message-drafts.ts';
import { mediaKind } from '../../message-words.ts';
import { FormElement, textOf, problemLine } from '../../parts/form.ts';
import '../../parts/icon-button.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { newRequestId } from '../../request-id.ts';
import { countSms } from '../../sms-segments.ts';
import { upload } from '../../upload.ts';
import { locale, t, tn } from '../../words.ts';
import { composeStyles } from './compose-styles.ts';

const maxLength = 1_600;
const accepted = [...messageUpload.types, ...messageUpload.aliases]
  .filter((type) => type !== 'application/octet-stream')
  .join(',');

type Upload = { readonly name: string; readonly part: number; readonly cancel: AbortController };

/** A message that is being written: kept until it is sent, and sent once. `sent`: a CustomEvent with the message. */
@customElement('gosip-compose')
export class GosipCompose extends FormElement {
  /** A conversation; for a new one empty, or with whom. */
  @property() of = '';
  @property() from = '';
  @property() to = '';
  @property({ attribute: false }) canSendMedia = true;
  /** The requests of the messages that are there: what was sent before the page was loaded anew is no draft any more. */
  @property({ attribute: false }) known: readonly string[] = [];
  @state() private draft: MessageDraft = emptyDraft;
  @state() private uploads: readonly Upload[] = [];
  @query('textarea') private area!: HTMLTextAreaElement;
  @query('input[type=file]') private picker!: HTMLInputElement;

  static override styles = [look, composeStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    const draft = takeMessageDraft(this.of);
    this.draft = this.of === '' ? draft : { ...draft, from: this.from, to: this.to };
    this.whileShown(guardMessageDraft(this.of, () => this.draft));
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { from, to, draft } = this;
    if (draft.from !== from || draft.to !== to) this.draft = changedDraft(draft, { from, to });
    const isSent = !this.isBusy && draft.requestId !== '' && this.known.includes(draft.requestId);
    if (isSent) this.clear();
  }

  override focus(): void {
    this.area?.focus();
  }

  private change(change: Partial<MessageDraft>): void {
    this.problem = undefined;
    this.keep(changedDraft(this.draft, change));
  }

  private keep(draft: MessageDraft): void {
    this.draft = draft;
    // To whom a conversation is, is known without a draft.
    keepMessageDraft(this.of, this.of === '' ? draft : { ...draft, from: '', to: '' });
  }

  /** It is sent: what is written next may be to somebody else. */
  private clear(): void {
    this.draft = { ...emptyDraft, from: this.from, to: this.to };
    keepMessageDraft(this.of, emptyDraft);
  }

  private get isReady(): boolean {
    const { text, media } = this.draft;
    const isEmpty = text.trim() === '' && media.length === 0;
    return !isEmpty && text.length <= maxLength && this.to.trim() !== '' && this.uploads.length === 0;
  }

  protected override async send(): Promise<void> {
    if (!this.isReady) return;
    const { from, to } = this;
    const requestId = this.draft.requestId === '' ? newRequestId() : this.draft.requestId;
    const { text, media } = this.draft;
    this.keep({ ...this.draft, requestId });
    const ids = media.map(({ id }) => id as `med_${string}`);
    const body = { ...(from === '' ? {} : { from }), to, body: text.trimEnd(), media: ids, requestId };
    const detail = await call(sendMessage, { body });
    this.clear();
    this.dispatchEvent(new CustomEvent<Message>('sent', { detail }));
  }

  override render() {
    return html`<form @submit=${this.submit} @drop=${this.dropped} @dragover=${(event: Event) => event.preventDefault()}>
      ${this.renderProblem()} ${this.renderFiles()}
      <div class="line">
        <gosip-icon-button .path=${mdiPaperclip} label=${t('messages.attach')} @click=${this.attach}></gosip-icon-button>
        <input type="file" multiple hidden accept=${accepted} @change=${this.picked} />
        <textarea
          rows="1"
          aria-label=${t('messages.write')}
          placeholder=${t('messages.write')}
          aria-describedby="count"
          ?readonly=${this.isBusy}
          .value=${live(this.draft.text)}
          @input=${(event: Event) => this.change({ text: textOf(event) })}
          @keydown=${this.pressed}
          @paste=${this.pasted}
        ></textarea>
        <button
          class="send"
          ?disabled=${!this.isReady || this.isBusy}
          aria-label=${t('messages.send')}
          title=${t('messages.send')}
        >
          <gosip-icon .path=${mdiSend}></gosip-icon>
        </button>
      </div>
      <p id="count" class="count quiet">${this.renderCount()}</p>
    </form>`;
  }

  private renderCount() {
    const { text } = this.draft;
    if (text.length > maxLength) return html`<span class="bad">${tn('messages.tooLong', text.length - maxLength)}</span>`;
    if (text === '') return nothing;
    const { segments, remaining, rare } = countSms(text);
    return html`${rare === '' ? nothing : html`<span>${t('messages.rare', { sign: rare })}</span>`}
      <span class="number">${tn('messages.count', segments, { remaining })}</span>`;
  }

  private renderProblem() {
    const text = this.wrong('to') || this.wrong('body') || this.wrongElsewhere('to', 'body');
    return problemLine(text);
  }

  private renderFiles() {
    const { media } = this.draft;
    if (media.length === 0 && this.uploads.length === 0) return nothing;
    return html`<ul class="files">
      ${media.map((one) => this.renderFile(one))}
      ${this.uploads.map(
        (one) =>
          html`<li>
            <span class="text"
              ><span class="cut">${one.name}</span> <progress max="1" .value=${one.part} aria-label=${one.name}></progress></span
            >${this.renderRemove(one.name, () => one.cancel.abort())}
          </li>`,
      )}
    </ul>`;
  }

  private renderFile({ id, name, type, bytes }: Attachment) {
    const remove = () => this.change({ media: this.draft.media.filter((one) => one.id !== id) });
    return html`<li>
      <gosip-icon .path=${mediaKind(type).icon}></gosip-icon>
      <span class="text"><span class="cut">${name}</span><span class="quiet">${formatBytes(bytes, locale.value)}</span></span>
      ${this.renderRemove(name, remove)}
    </li>`;
  }

  private renderRemove(name: string, remove: () => void) {
    return html`<gosip-icon-button
      .path=${mdiClose}
      label=${t('messages.remove', { name })}
      @click=${remove}
    ></gosip-icon-button>`;
  }

  /** With a keyboard Enter sends; on a screen that is touched it begins a line. */
  private pressed(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return;
    const isMeant = event.ctrlKey || event.metaKey || window.matchMedia('(pointer: fine)').matches;
    if (isMeant) void this.submit(event);
  }

  private attach(): void {
    if (this.canSendMedia) this.picker.click();
    else say({ text: t('messages.noMedia') });
  }

  private picked(): void {
    const files = [...(this.picker.files ?? [])];
    this.picker.value = '';
    void this.add(files);
  }

  private pasted(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void this.add(files);
  }

  private dropped(event: DragEvent): void {
    event.preventDefault();
    void this.add([...(event.dataTransfer?.files ?? [])]);
  }

  private async add(files: readonly File[]): Promise<void> {
    if (files.length > 0 && !this.canSendMedia) return void say({ text: t('messages.noMedia') });
    // One after the other: how much there is already decides of the next.
    for (const file of files) await this.addOne(file);
  }

  private async addOne(file: File): Promise<void> {
    const { name, type, size: bytes } = file;
    const wrong = attachmentProblem({ type, bytes }, this.draft.media);
    if (wrong !== undefined) return void say({ text: t(wrong, { name }) });
    const cancel = new AbortController();
    const entry = (part: number): Upload => ({ name, part, cancel });
    const others = () => this.uploads.filter((one) => one.cancel !== cancel);
    this.uploads = [...others(), entry(0)];
    try {
      const {
        id,
        contentType,
        bytes: stored,
      } = await upload(uploadMessageMedia, file, {
        type: type === '' ? 'application/octet-stream' : type,
        progress: (part) => (this.uploads = [...others(), entry(part)]),
        signal: cancel.signal,
      });
      this.change({ media: [...this.draft.media, { id, name, type: contentType, bytes: stored, at: clock.now() }] });
    } catch (error) {
      const problem = toProblem(error);
      const isFile = problem.code === 'VALIDATION_ERROR';
      if (problem.code !== 'CANCELLED') say({ text: isFile ? t('messages.fileWrong', { name }) : problemText(problem) });
    } finally {
      this.uploads = others();
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-compose': GosipCompose;
  }
}
