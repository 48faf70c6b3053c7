import { mdiAlertCircle, mdiCheckCircle, mdiMinusCircleOutline } from '@mdi/js';
import { html, nothing } from 'lit';
import { renderSaid } from '../../parts/details.ts';
import '../../parts/icon.ts';
import { stepText } from '../../twilio-words.ts';
import type { SetupStep } from '../../twilio-words.ts';
import { t } from '../../words.ts';

const icons: Readonly<Record<SetupStep['outcome'], string>> = {
  done: mdiCheckCircle,
  unchanged: mdiCheckCircle,
  skipped: mdiMinusCircleOutline,
  failed: mdiAlertCircle,
};

/** What a run did until now, step by step. */
export function renderSteps(steps: readonly SetupStep[], isRunning: boolean) {
  return html`<ol class="steps" aria-live="polite" aria-busy=${isRunning}>
    ${steps.map(
      (step) =>
        html`<li class=${step.outcome}>
          <gosip-icon .path=${icons[step.outcome]}></gosip-icon>
          <span
            >${stepText(step)}<span class="spoken">: ${t(`twilio.outcome.${step.outcome}`)}</span>
            ${step.outcome === 'failed' || step.outcome === 'skipped' ? renderSaid(step.message) : nothing}</span
          >
        </li>`,
    )}
  </ol>`;
}
