import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiArrowDown, mdiArrowUp, mdiClose } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  changeEscalationChain,
  createEscalationChain,
  deleteEscalationChain,
  getEscalationChain,
} from '#contract/escalation-chains.ts';
import { startEscalation } from '#contract/escalations.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { whenThere } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { area, check, choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import '../parts/icon-button.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/targets.ts';
import type { GosipTargets } from '../parts/targets.ts';
import { fieldText } from '../problem-words.ts';
import { removeLater } from '../removed.ts';
import { allTargets, namesOf, someContacts, targetFacts } from '../routing-data.ts';
import type { EscalationChain } from '../routing-data.ts';
import { allNames, chainNames } from '../rules/chain-words.ts';
import type { ChainStep } from '../rules/chain-words.ts';
import { movedTo } from '../rules/order.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t } from '../words.ts';
import { chainDialogStyles } from './chain-styles.ts';
import { numberText, toNumber } from './rule/editing.ts';

type Draft = Pick<EscalationChain, 'name' | 'steps' | 'rounds' | 'pauseSeconds' | 'ignoresDnd' | 'ifNobody'>;

async function readAll(id: string) {
  const [chain, targets, contacts] = await Promise.all([
    id === '' ? undefined : call(getEscalationChain, { params: { id } }),
    allTargets(),
    someContacts(),
  ]);
  return { chain, targets, contacts };
}

type Seen = Awaited<ReturnType<typeof readAll>>;

const newStep: ChainStep = { targets: [], seconds: 30 };

/** An escalation chain: who is called in which order; and calls them, after a clear word that it does. */
@customElement('gosip-chain-dialog')
export class GosipChainDialog extends DraftDialog<Draft> {
  /** Empty: a new one. */
  @property() chainId = '';
  @state() private isAsking = false;
  @state() private message = '';
  private readonly seen = new Shown(this, () => readAll(this.chainId), targetFacts);
  /** A press that is repeated because the answer was lost calls nobody twice. */
  #startKey = '';

  static override styles = [look, fields, chainDialogStyles];

  protected override get draftKey(): string {
    return `chain ${this.chainId}`;
  }

  protected override get isNew(): boolean {
    return this.chainId === '';
  }

  protected override stored(): Draft | undefined {
    const { chain } = this.seen.value ?? {};
    return chain === undefined ? undefined : draftOf(chain);
  }

  protected override fresh(): Draft {
    return { name: '', steps: [newStep], rounds: 3, pauseSeconds: 30, ignoresDnd: true, ifNobody: 'alert' };
  }

  override render() {
    const heading = this.chainId === '' ? t('chain.new') : (this.seen.value?.chain?.name ?? t('page.escalations'));
    return this.renderDialog(
      heading,
      whenThere(this.seen, t('chain.gone'), (seen) => this.renderForm(seen)),
    );
  }

  private renderForm(seen: Seen) {
    const { chain, targets, contacts } = seen;
    const telling = { speech: speech(), names: namesOf(targets) };
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${this.renderProblems(chain)} ${this.renderMeanwhile(({ steps }) => chainNames(steps, telling, contacts))}
      ${field({
        label: t('field.name'),
        name: 'name',
        hint: t('chain.nameHint'),
        capitals: 'words',
        maxLength: 80,
        wrong: this.wrong('name'),
        value: this.current.name,
        changed: (name) => this.change({ name }),
      })}
      <fieldset>
        <legend>${t('chain.steps')}</legend>
        <div class="fields">
          ${this.current.steps.map((step, index) => this.renderStep(step, index, seen))}
          <md-outlined-button type="button" @click=${() => this.change({ steps: [...this.current.steps, newStep] })}
            >${t('chain.addStep')}</md-outlined-button
          >
        </div>
      </fieldset>
      ${this.renderHow()} ${this.renderUnsaved()} ${chain === undefined ? nothing : this.renderRun(chain, seen)}
    </form>`;
  }

  private renderProblems(chain: EscalationChain | undefined) {
    const text = this.wrongUnseen((name) => /^steps\.\d+\.targets/.test(name));
    if (text !== '') return problemLine(text);
    if (chain === undefined || chain.problems.length === 0 || this.draft !== undefined) return nothing;
    return html`<ul class="problem">
      ${chain.problems.map((problem) => html`<li>${fieldText(problem)}</li>`)}
    </ul>`;
  }

  private renderStep(step: ChainStep, index: number, { targets: { people, phones }, contacts }: Seen) {
    const { steps } = this.current;
    const name = t('chain.step', { number: index + 1 });
    const changeStep = (part: Partial<ChainStep>) => this.change({ steps: steps.with(index, { ...step, ...part }) });
    const move = (place: number) => this.change({ steps: [...movedTo(steps, step, place)] });
    return html`<section class="entry" aria-label=${name}>
      <header>
        <h3>${name}</h3>
        <gosip-icon-button
          ?hidden=${index === 0}
          .path=${mdiArrowUp}
          label=${t('routing.up', { name })}
          @click=${() => move(index - 1)}
        ></gosip-icon-button>
        <gosip-icon-button
          ?hidden=${index === steps.length - 1}
          .path=${mdiArrowDown}
          label=${t('routing.down', { name })}
          @click=${() => move(index + 1)}
        ></gosip-icon-button>
        <gosip-icon-button
          ?hidden=${steps.length === 1}
          .path=${mdiClose}
          label=${t('targets.remove', { name })}
          @click=${() => this.change({ steps: steps.toSpliced(index, 1) })}
        ></gosip-icon-button>
      </header>
      <div class="fields">
        <gosip-targets
          label=${t('ruleEdit.targets')}
          .value=${step.targets}
          .choices=${{ people, phones, contacts }}
          .wrong=${(part: string) => this.wrong(`steps.${index}.targets${part}`)}
          @changed=${(event: Event) => changeStep({ targets: [...(event.target as GosipTargets).value] as ChainStep['targets'] })}
        ></gosip-targets>
        ${this.renderNumber(`steps.${index}.seconds`, t('ruleEdit.seconds'), {
          value: step.seconds,
          range: [5, 300],
          changed: (seconds) => changeStep({ seconds }),
        })}
      </div>
    </section>`;
  }

  private renderHow() {
    const { rounds, pauseSeconds, ignoresDnd, ifNobody } = this.current;
    return html`${this.renderNumber('rounds', t('chain.rounds'), {
      value: rounds,
      range: [1, 20],
      changed: (value) => this.change({ rounds: value }),
    })}
    ${this.renderNumber('pauseSeconds', t('chain.pause'), {
      value: pauseSeconds,
      range: [5, 3600],
      changed: (value) => this.change({ pauseSeconds: value }),
    })}
    ${check({
      label: t('chain.ignoresDnd'),
      name: 'ignoresDnd',
      isOn: ignoresDnd,
      changed: (isOn) => this.change({ ignoresDnd: isOn }),
    })}
    ${choice({
      label: t('chain.ifNobody'),
      name: 'ifNobody',
      value: ifNobody,
      choices: (['alert', 'nothing'] as const).map((value) => ({ value, text: t(`chain.ifNobody.${value}`) })),
      changed: (value) => this.change({ ifNobody: value as Draft['ifNobody'] }),
    })}`;
  }

  private renderNumber(
    name: string,
    label: string,
    {
      value,
      range: [min, max],
      changed,
    }: { readonly value: number; readonly range: readonly [number, number]; readonly changed: (value: number) => void },
  ) {
    return field({
      label,
      name,
      type: 'number',
      min: String(min),
      max: String(max),
      wrong: this.wrong(name) === '' ? '' : t('ruleProblem.range', { min, max }),
      value: numberText(value),
      changed: (text) => changed(toNumber(text)),
    });
  }

  private renderRun(chain: EscalationChain, { targets, contacts }: Seen) {
    if (!this.isAsking) {
      return html`<div class="acts">
        <md-outlined-button type="button" ?disabled=${this.draft !== undefined} @click=${this.ask}
          >${t('chain.run')}</md-outlined-button
        >
        <md-outlined-button type="button" class="danger" @click=${() => this.delete(chain)}
          >${t('action.delete')}</md-outlined-button
        >
        ${this.draft === undefined ? nothing : html`<span class="hint">${t('chain.run.unsaved')}</span>`}
      </div>`;
    }
    const names = allNames(chain.steps, { speech: speech(), names: namesOf(targets) }, contacts);
    return html`<section class="run" aria-label=${t('chain.run.action')}>
      <p>${t('chain.run.text', { names })}</p>
      ${area({
        label: t('chain.run.message'),
        name: 'message.text',
        hint: t('chain.run.messageHint'),
        maxLength: 300,
        hasFocus: true,
        wrong: this.wrong('message.text'),
        value: this.message,
        changed: (message) => (this.message = message),
      })}
      <div class="acts">
        <md-text-button type="button" @click=${() => (this.isAsking = false)}>${t('action.cancel')}</md-text-button>
        <md-filled-button type="button" ?disabled=${this.isBusy || this.message.trim() === ''} @click=${this.start}
          >${t('chain.run.action')}</md-filled-button
        >
      </div>
    </section>`;
  }

  private readonly ask = (): void => {
    this.isAsking = true;
    this.message = this.seen.value?.chain?.name ?? '';
    this.#startKey = `panel ${this.chainId} ${clock.now()}`;
  };

  private readonly start = (): Promise<void> =>
    this.attempt(async () => {
      const message = { kind: 'text', text: this.message } as const;
      const { name } = await call(startEscalation, { body: { chainId: this.chainId, message, idempotencyKey: this.#startKey } });
      say({ text: t('chain.started', { name }) });
      this.close();
    });

  private delete({ id, name }: EscalationChain): void {
    removeLater(id, t('routing.deleted', { name }), () => call(deleteEscalationChain, { params: { id } }));
    this.close();
  }

  protected override async send(): Promise<void> {
    const { draft, chainId: id } = this;
    if (draft === undefined) return;
    if (id === '') await call(createEscalationChain, { body: draft, once: this.once() });
    else {
      this.assertUnchanged(draftOf(await call(getEscalationChain, { params: { id } })));
      await call(changeEscalationChain, { params: { id }, body: draft });
    }
    this.discard();
    say({ text: t('routing.saved', { name: draft.name }) });
    this.close();
  }
}

function draftOf({ name, steps, rounds, pauseSeconds, ignoresDnd, ifNobody }: EscalationChain): Draft {
  return { name, steps, rounds, pauseSeconds, ignoresDnd, ifNobody };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-chain-dialog': GosipChainDialog;
  }
}
