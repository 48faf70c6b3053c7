import { html, nothing } from 'lit';
import { changeText } from '../../twilio-words.ts';
import type { PlannedChange } from '../../twilio-words.ts';
import { t, tn } from '../../words.ts';

/** What a run of the set-up changes in the account, before it does. */
export function renderChanges(changes: readonly PlannedChange[] | undefined, isFolded: boolean) {
  if (changes === undefined) return nothing;
  if (changes.length === 0) return html`<p class="quiet">${t('twilio.changes.none')}</p>`;
  return html`<details ?open=${!isFolded}>
    <summary>${tn('twilio.changes', changes.length)}</summary>
    <ul class="changes">
      ${changes.map(
        (change) =>
          html`<li>
            ${changeText(change)}
            ${change.field === null ? nothing : html`<span class="quiet values">${change.is || t('twilio.empty')} → ${change.should || t('twilio.empty')}</span>`}
          </li>`,
      )}
    </ul>
    <p class="quiet">${t('twilio.changes.undo')}</p>
  </details>`;
}
