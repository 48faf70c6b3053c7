import { mdiAlertCircleOutline } from '@mdi/js';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Problem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import type { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './icon.ts';
import './loading.ts';
import './notice.ts';

/** What there is once it is read; until then lines to come, or why it cannot be read. */
export function whenRead<Value>({ value, problem }: Shown<Value>, render: (value: Value) => unknown): unknown {
  return value === undefined ? notRead(problem) : render(value);
}

/** The same of one thing, which may have been deleted. `gone`: what is said then. */
export function whenThere<Value>(shown: Shown<Value>, gone: string, render: (value: Value) => unknown): unknown {
  return shown.problem?.code === 'NOT_FOUND' ? failedNotice(gone) : whenRead(shown, render);
}

/** Lines to come, or why they do not. */
export function notRead(problem: Problem | undefined): TemplateResult {
  return problem === undefined ? html`<gosip-loading></gosip-loading>` : failedNotice(problemText(problem));
}

/** Something cannot be shown. `text`: why, and what helps. */
export function failedNotice(text: string): TemplateResult {
  return html`<gosip-notice problem .path=${mdiAlertCircleOutline} heading=${t('state.failed')} text=${text}></gosip-notice>`;
}

/** Nothing is there, and nothing need be: one line, so that what matters is seen. */
export function nothingThere(text: string): TemplateResult {
  return html`<p class="quiet none">${text}</p>`;
}

/** A card with its heading. `end`: at the end of the heading. */
export function card(heading: string, content: unknown, end: TemplateResult | '' = ''): TemplateResult {
  return html`<section class="card" aria-label=${heading}>
    <header>
      <h2>${heading}</h2>
      ${end}
    </header>
    ${content}
  </section>`;
}
