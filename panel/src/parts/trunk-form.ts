// What adding and changing a trunk have alike: its fields, the check, what is wrong with which field.
import { css } from 'lit';
import { state } from 'lit/decorators.js';
import { checkTrunk } from '#contract/trunks.ts';
import { call } from '../api.ts';
import { toProblem } from '../problem.ts';
import { fieldText } from '../problem-words.ts';
import { newBody, otherDraft } from '../trunk-draft.ts';
import type { TrunkDraft } from '../trunk-draft.ts';
import type { CheckStep } from '../trunk-words.ts';
import { DraftForm } from './draft-form.ts';
import { trunkFieldNames } from './trunk-fields.ts';

export const trunkFormStyles = css`
  details > summary {
    min-height: 44px;
    padding-block: 12px;
    color: var(--accent);
    font-weight: 500;
    line-height: 20px;
    cursor: pointer;
  }
  .hints {
    display: grid;
    gap: 8px;
    margin-bottom: 20px;
    padding: 16px;
    border-radius: 12px;
    background: var(--bg);
    color: var(--text);
  }
  .hints a {
    min-height: 24px;
  }
`;

export abstract class TrunkFormElement extends DraftForm<TrunkDraft> {
  @state() protected found: readonly CheckStep[] | undefined;
  @state() protected isChecking = false;
  protected override readonly secrets = ['password', 'secretHeaderValue'] as const;

  protected override fresh(): TrunkDraft {
    return otherDraft;
  }

  /** A list's fields have the number of the line in their name. */
  protected wrongWith = (name: string): string => {
    const found = this.problem?.fields.find(({ field }) => field === name || field.startsWith(`${name}.`));
    return found === undefined ? '' : fieldText(found);
  };

  protected wrongAbove(): string {
    return this.wrongElsewhere(...trunkFieldNames.flatMap((name) => [name, ...lineNames(name, this.problem?.fields ?? [])]));
  }

  /** Opens what is folded where something in it is wrong. */
  override updated(): void {
    const wrong = this.renderRoot.querySelector('details:not([open]) [aria-invalid="true"]');
    wrong?.closest('details')?.setAttribute('open', '');
  }

  protected async check(draft: TrunkDraft, id?: string): Promise<void> {
    if (this.isChecking) return;
    this.isChecking = true;
    this.found = undefined;
    this.problem = undefined;
    try {
      const { name: _unchecked, ...body } = newBody(draft);
      const kept = id === undefined ? {} : { id: id as NonNullable<Parameters<typeof call<typeof checkTrunk>>[1]['body']['id']> };
      this.found = (await call(checkTrunk, { body: { ...body, ...kept } })).steps;
    } catch (error) {
      this.problem = toProblem(error);
    } finally {
      this.isChecking = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector('.steps, [aria-invalid="true"], .problem')?.scrollIntoView({ block: 'nearest' });
  }
}

function lineNames(name: string, problems: readonly { readonly field: string }[]): readonly string[] {
  return problems.map(({ field }) => field).filter((field) => field.startsWith(`${name}.`));
}
