import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { endTrunkTestCall, getTrunkTestCall, startTrunkTestCall } from '#contract/trunks.ts';
import { call } from '../api.ts';
import { toProblem } from '../problem.ts';
import { Shown } from '../shown.ts';
import type { TestCall } from '../trunk-words.ts';
import { t } from '../words.ts';
import { field } from './field.ts';
import { fields, FormElement, problemLine } from './form.ts';
import { look } from './look.ts';
import { renderTestCall, steps } from './trunk-steps.ts';

/** Calls a number over one trunk and shows what happens. */
@customElement('gosip-trunk-test-call')
export class GosipTrunkTestCall extends FormElement {
  @property() trunkId = '';
  @state() private number = '';
  /** Shown once it was asked for here: what another one did before is no news. */
  @state() private begun: TestCall | undefined;
  private readonly seen = new Shown(this, () => this.readLast(), ['trunk.changed']);

  static override styles = [
    look,
    fields,
    steps,
    css`
      form {
        display: grid;
        gap: 12px;
      }
      .acts {
        display: flex;
        justify-content: flex-end;
      }
    `,
  ];

  private async readLast(): Promise<TestCall | undefined> {
    try {
      return await call(getTrunkTestCall, { params: { id: this.trunkId } });
    } catch (error) {
      if (toProblem(error).code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  private get shown(): TestCall | undefined {
    const { begun } = this;
    const last = this.seen.value;
    return begun !== undefined && last?.startedAt === begun.startedAt ? last : begun;
  }

  override render() {
    const { shown } = this;
    const isGoing = shown?.isOver === false;
    return html`<form @submit=${this.submit} @keydown=${this.submitOnEnter}>
      <h3>${t('trunk.test')}</h3>
      <p class="quiet">${t('trunk.test.text')}</p>
      ${this.renderProblem()}
      ${field({
        label: t('trunk.test.number'),
        name: 'number',
        type: 'tel',
        inputMode: 'tel',
        maxLength: 40,
        wrong: this.wrong('number'),
        value: this.number,
        changed: (number) => (this.number = number),
      })}
      <div class="acts">
        ${
          isGoing
            ? html`<md-outlined-button type="button" @click=${this.hangUp}>${t('trunk.test.end')}</md-outlined-button>`
            : html`<md-outlined-button type="button" ?disabled=${this.isBusy} @click=${this.submit}
                >${t('trunk.test.start')}</md-outlined-button
              >`
        }
      </div>
      ${shown === undefined ? nothing : renderTestCall(shown)}
    </form>`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere('number');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    this.begun = await call(startTrunkTestCall, { params: { id: this.trunkId }, body: { number: this.number } });
    await this.seen.reload();
  }

  private hangUp = (): Promise<void> =>
    this.attempt(async () => {
      await call(endTrunkTestCall, { params: { id: this.trunkId } });
    });
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-trunk-test-call': GosipTrunkTestCall;
  }
}
