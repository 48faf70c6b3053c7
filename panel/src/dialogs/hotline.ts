import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { clearHotline, listHotlines, setHotline } from '#contract/hotlines.ts';
import { call } from '../api.ts';
import { allPhones } from '../data.ts';
import { allRingGroups } from '../routing-data.ts';
import type { Phone } from '../data.ts';
import type { Hotline } from '../limit-words.ts';
import { whenRead } from '../parts/card.ts';
import { choice, field } from '../parts/field.ts';
import { say } from '../parts/snackbar.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { LimitDialog } from './limit.ts';
import { problemLine } from '../parts/form.ts';

type Seen = Awaited<ReturnType<typeof readTargets>> & { readonly now: Hotline | null };
/** `target`: empty for none, `number`, or the kind and the id, such as `device dev_1`. */
type Draft = { readonly target: string; readonly number: string; readonly applies: Hotline['applies'] };

/** Where a phone calls by itself. */
@customElement('gosip-hotline-dialog')
export class GosipHotlineDialog extends LimitDialog<Draft> {
  private readonly seen = new Shown<Seen>(
    this,
    async () => {
      const [targets, { items }] = await Promise.all([readTargets(), call(listHotlines)]);
      return { ...targets, now: items.find(({ deviceId }) => deviceId === this.phoneId) ?? null };
    },
    [],
  );

  protected override get draftKey(): string {
    return `hotline ${this.whose}`;
  }

  protected override stored(): Draft | undefined {
    const { value } = this.seen;
    return value === undefined ? undefined : draftOf(value.now);
  }

  protected override fresh(): Draft {
    return draftOf(null);
  }

  override render() {
    return this.renderDialog(
      t('hotline.title'),
      whenRead(this.seen, (seen) => this.renderForm(seen)),
    );
  }

  private renderForm({ phones, groups }: Seen) {
    const draft = this.current;
    const change = (part: Partial<Draft>) => this.change(part);
    const text = this.wrongElsewhere('target.number');
    const others = phones.filter(({ id }) => id !== this.phoneId);
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${problemLine(text)} ${this.renderMeanwhile()}
      <p class="quiet">${t('hotline.help')}</p>
      ${choice({
        label: t('hotline.target'),
        name: 'target',
        value: draft.target,
        changed: (target) => change({ target }),
        choices: [
          { value: '', text: t('hotline.none') },
          ...others.map(({ id, name }) => ({ value: `device ${id}`, text: name })),
          ...groups.map(({ id, name }) => ({ value: `group ${id}`, text: name })),
          { value: 'number', text: t('hotline.number') },
        ],
      })}
      ${
        draft.target === 'number'
          ? field({
              label: t('hotline.numberField'),
              name: 'number',
              type: 'tel',
              hint: t('hotline.numberHint'),
              wrong: this.wrong('target.number'),
              value: draft.number,
              changed: (number) => change({ number }),
            })
          : nothing
      }
      ${draft.target === '' ? nothing : this.renderApplies(draft, change)} ${this.renderUnsaved()}
    </form>`;
  }

  private renderApplies(draft: Draft, change: (part: Partial<Draft>) => void) {
    return choice({
      label: t('hotline.applies'),
      name: 'applies',
      value: draft.applies,
      changed: (applies) => change({ applies: applies as Hotline['applies'] }),
      choices: [
        { value: 'always', text: t('hotline.applies.always') },
        { value: 'nothing-dialled', text: t('hotline.applies.nothing-dialled') },
      ],
    });
  }

  protected override async send(): Promise<void> {
    const now = this.seen.value?.now ?? null;
    const { target, number, applies } = this.current;
    this.assertUnchanged();
    const [kind, id = ''] = target.split(' ');
    if (target !== '') {
      const wanted =
        kind === 'number'
          ? { kind: 'number' as const, number: number.trim() }
          : kind === 'group'
            ? { kind: 'group' as const, id: id as never }
            : { kind: 'device' as const, id: id as Phone['id'] };
      await call(setHotline, { params: this.phone, body: { target: wanted, applies } });
    } else if (now !== null) await call(clearHotline, { params: this.phone });
    this.discard();
    say({ text: t('state.saved') });
    this.close();
  }
}

async function readTargets() {
  const [phones, groups] = await Promise.all([allPhones(), allRingGroups()]);
  return { phones, groups };
}

function draftOf(now: Hotline | null): Draft {
  if (now === null) return { target: '', number: '', applies: 'always' };
  const { target, applies } = now;
  if (target.kind === 'number') return { target: 'number', number: target.number, applies };
  return { target: `${target.kind} ${target.id}`, number: '', applies };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-hotline-dialog': GosipHotlineDialog;
  }
}
