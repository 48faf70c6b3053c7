import '@material/web/button/outlined-button.js';
import { mdiTextBoxOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { live } from 'lit/directives/live.js';
import { listLogs } from '#contract/observation.ts';
import type { LogLine, LogQuery } from '#contract/observation.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { formatMoment, formatTime } from '../format.ts';
import { callIdOf, logText, withNewer } from '../log-lines.ts';
import { notRead } from '../parts/card.ts';
import { copyText } from '../parts/copy.ts';
import { GosipElement } from '../parts/element.ts';
import { choice, field } from '../parts/field.ts';
import { fields } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import type { Tone } from '../parts/status.ts';
import '../parts/switch.ts';
import { toProblem } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { narrow, place } from '../router.ts';
import { saveFile } from '../save-file.ts';
import type { StringKey } from '../strings/en.ts';
import { locale, t, tn } from '../words.ts';
import { logsStyles } from './logs-styles.ts';

type Filter = { readonly level: string; readonly room: string; readonly text: string; readonly callId: string };

const followMs = 2_000;
const typingMs = 300;
const levels = ['error', 'warn', 'info', 'debug'] as const satisfies readonly NonNullable<LogQuery['level']>[];
const tones: Readonly<Record<string, Tone>> = { fatal: 'bad', error: 'bad', warn: 'warning' };

/** What GoSIP writes down: narrowed down, followed, copied and saved. */
@customElement('gosip-logs')
export class GosipLogs extends GosipElement {
  @state() private lines: readonly LogLine[] | undefined;
  @state() private rooms: readonly string[] = [];
  @state() private problem: Problem | undefined;
  @state() private follows = true;
  #cancelTyping: (() => void) | undefined;
  #isReading = false;

  static override styles = [look, fields, logsStyles];

  private get filter(): Filter {
    const { level = 'info', room = '', text = '', callId = '' } = place.value.query;
    return { level, room, text, callId };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(() => this.#cancelTyping?.());
    this.whileShown(place.follow(() => this.requestUpdate()));
    this.whileShown(clock.every(followMs, () => void (this.follows && this.read(this.lines?.[0]?.id))));
    void this.read();
  }

  override render() {
    const { lines, problem } = this;
    return html`<gosip-page heading=${t('page.logs')}>
      ${this.renderFilter()} ${this.renderBar(lines ?? [])}
      <div class="card">${lines === undefined ? notRead(problem) : this.renderLines(lines)}</div>
    </gosip-page>`;
  }

  private renderFilter() {
    const { level, room, text, callId } = this.filter;
    return html`<div class="filter" role="search">
      ${choice({
        label: t('logs.level'),
        name: 'level',
        value: level,
        changed: (value) => this.change({ level: value }),
        choices: levels.map((one) => ({ value: one, text: t(`logs.level.${one}`) })),
      })}
      ${choice({
        label: t('logs.room'),
        name: 'room',
        value: room,
        changed: (value) => this.change({ room: value }),
        choices: [
          { value: '', text: t('logs.room.all') },
          ...[...new Set([...this.rooms, room])].filter((one) => one !== '').map((one) => ({ value: one, text: one })),
        ],
      })}
      ${field({ label: t('logs.text'), name: 'text', type: 'search', maxLength: 64, value: text, changed: (value) => this.type(value) })}
      ${
        callId === ''
          ? nothing
          : html`<md-outlined-button @click=${() => this.change({ callId: '' })}>${t('logs.allCalls')}</md-outlined-button>`
      }
    </div>`;
  }

  private renderBar(lines: readonly LogLine[]) {
    return html`<div class="bar">
      <label class="follow"
        ><gosip-switch
          aria-label=${t('logs.follow')}
          .selected=${live(this.follows)}
          @change=${(event: Event) => (this.follows = (event.target as HTMLElement & { selected: boolean }).selected)}
        ></gosip-switch
        ><span aria-hidden="true">${t('logs.follow')}</span></label
      >
      <span class="quiet count">${tn('logs.count', lines.length)}</span>
      <md-outlined-button @click=${() => void this.copy(lines)}>${t('logs.copy')}</md-outlined-button>
      <md-outlined-button @click=${() => saveFile('gosip.log', new Blob([logText(lines)], { type: 'text/plain' }))}
        >${t('logs.save')}</md-outlined-button
      >
    </div>`;
  }

  private renderLines(lines: readonly LogLine[]) {
    if (lines.length === 0) {
      return html`<gosip-notice .path=${mdiTextBoxOutline} heading=${t('logs.none')} text=${t('logs.none.text')}></gosip-notice>`;
    }
    return html`<ul class="lines" lang="en">
      ${repeat(
        lines,
        ({ id }) => id,
        (line) => this.renderLine(line),
      )}
    </ul>`;
  }

  private renderLine(line: LogLine) {
    const { time, level, room, message, fields: more } = line;
    const at = Date.parse(time);
    const callId = callIdOf(line);
    const tone = tones[level];
    return html`<li class=${tone ?? ''}>
      <div class="head">
        <time datetime=${time} title=${formatMoment(at, locale.value)}>${formatTime(at, locale.value, true)}</time>
        ${tone === undefined ? nothing : html`<gosip-status tone=${tone} text=${t(`logs.level.${level === 'warn' ? 'warn' : 'error'}` as StringKey)}></gosip-status>`}
        <span class="room">${room ?? ''}</span>
      </div>
      <p>${message}</p>
      ${
        Object.keys(more).length === 0
          ? nothing
          : html`<details>
              <summary>${t('logs.more')}</summary>
              <pre tabindex="0">${JSON.stringify(more, undefined, 2)}</pre>
            </details>`
      }
      ${callId === undefined || this.filter.callId === callId ? nothing : html`<button class="link" @click=${() => this.change({ callId, level: 'debug', room: '', text: '' })}>${t('logs.ofCall')}</button>`}
    </li>`;
  }

  private type(text: string): void {
    this.#cancelTyping?.();
    this.#cancelTyping = clock.after(typingMs, () => this.change({ text }));
  }

  private change(part: Partial<Filter>): void {
    const next = { ...this.filter, ...part };
    narrow(
      'logs',
      Object.fromEntries(Object.entries(next).filter(([name, value]) => value !== '' && !(name === 'level' && value === 'info'))),
    );
    this.lines = undefined;
    void this.read();
  }

  /** Whole, or what came after a line. */
  private async read(after?: number): Promise<void> {
    if (this.#isReading && after !== undefined) return;
    this.#isReading = true;
    const asked = this.filter;
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value.trim() !== ''));
    try {
      const { lines, rooms } = await call(listLogs, {
        query: { ...given, ...(after === undefined ? {} : { after }), limit: 500 },
      });
      // Somebody narrowed it down differently meanwhile.
      if (JSON.stringify(asked) !== JSON.stringify(this.filter)) return;
      this.rooms = rooms;
      this.lines = after === undefined ? lines : withNewer(this.lines ?? [], lines);
      this.problem = undefined;
    } catch (error) {
      this.problem = toProblem(error);
    } finally {
      this.#isReading = false;
    }
  }

  private async copy(lines: readonly LogLine[]): Promise<void> {
    const isDone = await copyText(logText(lines), this.renderRoot);
    say({ text: isDone ? t('action.copied') : t('logs.notCopied') });
  }
}
