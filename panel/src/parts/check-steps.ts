import { mdiCheckCircleOutline, mdiCloseCircleOutline, mdiMinusCircleOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { failedStep } from '../channel-steps.ts';
import type { CheckedStep } from '../channel-steps.ts';
import { t } from '../words.ts';
import { renderSaid } from './details.ts';
import './icon.ts';

export const checkStepsStyles = css`
  .check-steps li {
    display: flex;
    gap: 12px;
    padding-block: 4px;
  }
  .check-steps .ok {
    color: var(--success);
  }
  .check-steps .failed {
    color: var(--error);
  }
  .check-steps .skipped {
    color: var(--quiet);
  }
  .check-steps gosip-icon {
    flex: none;
  }
  .check-steps span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
`;

const icons: Readonly<Record<CheckedStep['outcome'], string>> = {
  ok: mdiCheckCircleOutline,
  failed: mdiCloseCircleOutline,
  skipped: mdiMinusCircleOutline,
};

/** How far a check came: each step with what became of it, the failing one with why. */
export function renderSteps(steps: readonly CheckedStep[]): TemplateResult {
  const failed = failedStep(steps);
  const sum = failed === undefined ? t('channel.checked.ok') : t('channel.checked.failed', { step: stepName(failed) });
  return html`<section class="check-steps" aria-label=${t('channel.checked')}>
    <p role="status">${sum}</p>
    <ul>
      ${steps.map(
        (one) =>
          html`<li>
            <gosip-icon class=${one.outcome} .path=${icons[one.outcome]}></gosip-icon>
            <span
              >${stepName(one)}: ${t(`channel.outcome.${one.outcome}`)}
              ${one.outcome === 'failed' ? renderWhy(one) : nothing}</span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}

function renderWhy({ reason, detail }: CheckedStep) {
  return html`<br />${reason === null ? nothing : t(`delivery.reason.${reason}`)} ${detail === '' ? nothing : renderSaid(detail)}`;
}

function stepName({ step }: CheckedStep): string {
  return t(`channel.step.${step}`);
}
