import '@material/web/button/outlined-button.js';
import { css } from 'lit';
import { property } from 'lit/decorators.js';
import type { Person, Phone } from '../data.ts';
import { DraftDialog } from '../parts/draft-dialog.ts';
import { fields } from '../parts/form.ts';
import { look } from '../parts/look.ts';

/** A dialog about what a phone or a person may call; `phoneId` or `personId` says whose. */
export abstract class LimitDialog<Draft extends object> extends DraftDialog<Draft> {
  @property() phoneId = '';
  @property() personId = '';

  static override styles = [
    look,
    fields,
    css`
      .choices {
        display: grid;
        gap: 4px;
        max-height: 240px;
        padding: 4px 12px;
        border: 1px solid var(--line);
        border-radius: 12px;
        overflow: auto;
      }
      fieldset {
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 8px;
        font-size: 13px;
        font-weight: 500;
      }
    `,
  ];

  protected get phone() {
    return { id: this.phoneId as Phone['id'] };
  }

  protected get person() {
    return { id: this.personId as Person['id'] };
  }

  /** Whoever has none has what goes without saying, which can be changed. */
  protected override readonly isNew = false;

  /** Whose it is, for the name of its draft. */
  protected get whose(): string {
    return this.phoneId === '' ? this.personId : this.phoneId;
  }
}

/** One a line; what is empty is nothing. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
