import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { changeNumber, createNumber, deleteNumber, getNumber } from '#contract/numbers.ts';
import { getRoutingSettings } from '#contract/routing-settings.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import { ownerChoices } from '../owner-choices.ts';
import { whenThere } from '../parts/card.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { check, choice, field } from '../parts/field.ts';
import { fields, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { removeLater } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { numberFacts, numberTitle, rulesOf } from '../routing-data.ts';
import type { OurNumber } from '../routing-data.ts';
import { otherwiseText } from '../rules/otherwise.ts';
import { Shown } from '../shown.ts';
import { speech } from '../speech-of.ts';
import { t, tn } from '../words.ts';

type Draft = Pick<OurNumber, 'number' | 'name' | 'ownerPersonId' | 'voiceEnabled'>;

async function readAll(id: string) {
  const [number, people, settings] = await Promise.all([
    id === '' ? undefined : call(getNumber, { params: { id } }),
    allPeople(),
    call(getRoutingSettings),
  ]);
  return { number, people, settings, rules: number === undefined ? [] : await rulesOf(number.id) };
}

type Seen = Awaited<ReturnType<typeof readAll>>;

/** One of the numbers of the house: whose it is, whether it works, and what becomes of its calls. */
@customElement('gosip-number-dialog')
export class GosipNumberDialog extends DraftDialog<Draft> {
  /** Empty: a new one. */
  @property() numberId = '';
  private readonly seen = new Shown(this, () => readAll(this.numberId), [...numberFacts, 'routes.changed']);

  static override styles = [
    look,
    fields,
    css`
      .routing {
        padding: 12px 16px;
        border-radius: 12px;
        background: var(--tint);
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0 0 4px;
        color: var(--quiet);
        font-size: 12px;
        font-weight: 500;
        line-height: 16px;
      }
      .hint {
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      .fields > md-outlined-button {
        justify-self: start;
        width: auto;
        --md-outlined-button-label-text-color: var(--error);
      }
    `,
  ];

  protected override get draftKey(): string {
    return `number ${this.numberId}`;
  }

  protected override get isNew(): boolean {
    return this.numberId === '';
  }

  protected override stored(): Draft | undefined {
    const { number } = this.seen.value ?? {};
    return number === undefined ? undefined : draftOf(number);
  }

  protected override fresh(): Draft {
    return { number: '', name: '', ownerPersonId: null, voiceEnabled: true };
  }

  override render() {
    const { number } = this.seen.value ?? {};
    const heading = this.numberId === '' ? t('number.new') : number === undefined ? t('page.numbers') : numberTitle(number);
    return this.renderDialog(
      heading,
      whenThere(this.seen, t('number.gone'), (seen) => this.renderForm(seen)),
    );
  }

  private renderForm({ number, people, ...seen }: Seen) {
    const text = this.wrongUnseen();
    const { current } = this;
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(text)} ${this.renderMeanwhile((theirs) => numberTitle(theirs))}
      ${number === undefined ? this.renderNumber() : this.renderRouting({ number, people, ...seen })}
      ${field({
        label: t('field.name'),
        name: 'name',
        hint: t('number.nameHint'),
        capitals: 'words',
        maxLength: 80,
        wrong: this.wrong('name'),
        value: current.name,
        changed: (name) => this.change({ name }),
      })}
      ${choice({
        label: t('field.owner'),
        name: 'ownerPersonId',
        hint: t('number.ownerHint'),
        wrong: this.wrong('ownerPersonId'),
        value: current.ownerPersonId ?? '',
        choices: ownerChoices(people),
        changed: (id) => this.change({ ownerPersonId: id === '' ? null : (id as NonNullable<Draft['ownerPersonId']>) }),
      })}
      ${check({
        label: t('number.voice'),
        name: 'voiceEnabled',
        hint: t('number.voiceHint'),
        isOn: current.voiceEnabled,
        changed: (voiceEnabled) => this.change({ voiceEnabled }),
      })}
      ${this.renderUnsaved()}
      ${number === undefined ? nothing : html`<md-outlined-button type="button" @click=${() => this.delete(number)}>${t('action.delete')}</md-outlined-button>`}
    </form>`;
  }

  private renderNumber() {
    return field({
      label: t('ruleEdit.number'),
      name: 'number',
      hint: t('ruleEdit.numberHint'),
      type: 'tel',
      hasFocus: true,
      wrong: this.wrong('number'),
      value: this.current.number,
      changed: (number) => this.change({ number }),
    });
  }

  private renderRouting({ number, people, rules, settings }: Seen & { readonly number: OurNumber }) {
    const otherwise = otherwiseText({ ...number, ...this.current }, { people, ringSeconds: settings.ringSeconds }, speech());
    return html`<div class="routing">
      <h3>${t('number.routing')}</h3>
      <p>
        ${rules.length === 0 ? nothing : `${tn('number.rules', rules.length)} ${t('routing.otherwise')}:`} ${otherwise}
        <a href=${pathOf('routing', undefined, { number: number.id })} @click=${this.close}>${t('number.toRules')}</a>
      </p>
    </div>`;
  }

  private delete({ id, ...rest }: OurNumber): void {
    const text = `${t('routing.deleted', { name: numberTitle(rest) })}. ${t('number.deleted.text')}`;
    removeLater(id, text, () => call(deleteNumber, { params: { id } }));
    this.close();
  }

  protected override async send(): Promise<void> {
    const { draft, numberId: id } = this;
    if (draft === undefined) return;
    const { number, ...rest } = draft;
    if (id === '') await call(createNumber, { body: draft, once: this.once() });
    else {
      this.assertUnchanged(draftOf(await call(getNumber, { params: { id } })));
      await call(changeNumber, { params: { id }, body: rest });
    }
    this.discard();
    say({ text: t('routing.saved', { name: numberTitle({ name: rest.name, number }) }) });
    this.close();
  }
}

function draftOf({ number, name, ownerPersonId, voiceEnabled }: OurNumber): Draft {
  return { number, name, ownerPersonId, voiceEnabled };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-number-dialog': GosipNumberDialog;
  }
}
