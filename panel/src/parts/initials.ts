import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { initials } from '../initials.ts';

export const initialsStyles = css`
  .initials {
    display: grid;
    flex: none;
    place-items: center;
    width: 40px;
    height: 40px;
    border-radius: 50%;
    background: var(--tint);
    color: var(--accent);
    font-weight: 500;
    overflow: hidden;
  }
`;

/** Beside a name, for those who look fast; nobody is read it aloud. */
export function renderInitials(name: string): TemplateResult {
  return html`<span class="initials" aria-hidden="true">${initials(name)}</span>`;
}
