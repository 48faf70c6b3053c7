const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host {
    display: inline-flex;
    width: 24px;
    height: 24px;
    flex: none;
  }
  svg {
    width: 100%;
    height: 100%;
    fill: currentColor;
  }
`);
const svg = 'http://www.w3.org/2000/svg';

/** An icon beside words that say the same: nobody is read it aloud. There are many on a page, so that it is made of nothing but its drawing. */
export class GosipIcon extends HTMLElement {
  readonly #path = document.createElementNS(svg, 'path');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const drawing = document.createElementNS(svg, 'svg');
    drawing.setAttribute('viewBox', '0 0 24 24');
    drawing.setAttribute('aria-hidden', 'true');
    drawing.setAttribute('focusable', 'false');
    drawing.append(this.#path);
    root.append(drawing);
  }

  get path(): string {
    return this.#path.getAttribute('d') ?? '';
  }

  /** Of @mdi/js. */
  set path(path: string) {
    this.#path.setAttribute('d', path);
  }
}

customElements.define('gosip-icon', GosipIcon);
