import { MdSwitch } from '@material/web/switch/switch.js';
import { customElement } from 'lit/decorators.js';

/**
 * Something that is on or off at once. Once it was pressed, the one of Material shows what `selected` becomes, but its control inside keeps what
 * was pressed: it is said wrong to whoever only hears it, and the next press does nothing.
 */
@customElement('gosip-switch')
export class GosipSwitch extends MdSwitch {
  protected override updated(): void {
    const control = this.renderRoot.querySelector('input');
    if (control !== null) control.checked = this.selected;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-switch': GosipSwitch;
  }
}
