import { mdiAlertCircleOutline, mdiCheckCircleOutline, mdiMinusCircleOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { CheckStep, TestCall } from '../trunk-words.ts';
import { responseOf } from '../trunk-words.ts';
import { t } from '../words.ts';
import './icon.ts';

/** Steps below each other, each with what became of it. */
export const steps = css`
  .steps {
    display: grid;
    gap: 12px;
    margin-block: 4px;
    padding: 16px;
    border-radius: 12px;
    background: var(--bg);
  }
  .steps li {
    display: grid;
    grid-template-columns: 24px 1fr;
    column-gap: 12px;
  }
  .steps .result {
    grid-column: 2;
    color: var(--quiet);
    overflow-wrap: anywhere;
  }
  .steps .ok gosip-icon {
    color: var(--success);
  }
  .steps .failed gosip-icon {
    color: var(--error);
  }
  .steps .skipped gosip-icon {
    color: var(--quiet);
  }
`;

export function renderCheck(found: readonly CheckStep[]): TemplateResult {
  return html`<section aria-label=${t('trunk.checked')} aria-live="polite">
    <ol class="steps">
      ${found.map((one) => {
        const kind = one.outcome === 'ok' || one.outcome === 'skipped' ? one.outcome : 'failed';
        const said = responseOf({ sipStatus: one.sipStatus, reason: one.detail });
        return html`<li class=${kind}>
          <gosip-icon .path=${icons[kind]}></gosip-icon><span>${t(`trunk.check.${one.step}`)}</span>
          <span class="result">${t(`trunk.result.${one.outcome}`)}${said === '' ? nothing : html` – ${said}`}</span>
        </li>`;
      })}
    </ol>
  </section>`;
}

export function renderTestCall({ steps: done }: TestCall): TemplateResult {
  return html`<section aria-label=${t('trunk.test.steps')} aria-live="polite">
    <ol class="steps">
      ${done.map((one) => {
        const isFailed = one.step === 'failed';
        const said = one.sipStatus === null || !isFailed ? '' : t('trunk.answered', { response: String(one.sipStatus) });
        const text = isFailed
          ? t('trunk.step.failed', { reason: one.reason === null ? '' : t(`reason.${one.reason}`) })
          : t(`trunk.step.${one.step}`);
        return html`<li class=${isFailed ? 'failed' : 'ok'}>
          <gosip-icon .path=${isFailed ? icons.failed : icons.ok}></gosip-icon><span>${text}</span>
          ${said === '' ? nothing : html`<span class="result">${said}</span>`}
        </li>`;
      })}
    </ol>
  </section>`;
}

const icons = { ok: mdiCheckCircleOutline, skipped: mdiMinusCircleOutline, failed: mdiAlertCircleOutline };
