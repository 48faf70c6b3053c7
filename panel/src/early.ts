// Owns the look before the first paint: takes over the theme of Home Assistant, in whose frame the panel is, and follows it.
// Called by the browser before anything else; alone on its own port it does nothing, and look.css follows the system.
// Must stay true: whatever the parent is or forbids, the panel comes up.
import { contrast, formatColor, parseColor, readable, textOn } from './contrast.ts';
import type { Rgb } from './contrast.ts';

const names = [
  '--primary-color',
  '--primary-background-color',
  '--card-background-color',
  '--primary-text-color',
  '--secondary-text-color',
  '--divider-color',
  '--error-color',
  '--warning-color',
  '--success-color',
  '--app-header-background-color',
  '--app-header-text-color',
  '--ha-card-border-radius',
  '--ha-font-family-body',
] as const;
type Name = (typeof names)[number];

const own = document.documentElement;

function parentRoot(): HTMLElement | undefined {
  try {
    if (window.parent === window) return undefined;
    const { document: outer } = window.parent;
    return outer.querySelector('home-assistant') === null ? undefined : outer.documentElement;
  } catch {
    return undefined;
  }
}

/** Colours as numbers, whatever way the theme writes them. */
function colorsOf(root: HTMLElement): (name: Name) => Rgb | undefined {
  const probe = root.ownerDocument.createElement('div');
  probe.hidden = true;
  root.append(probe);
  const found = new Map<Name, Rgb | undefined>();
  for (const name of names) {
    probe.style.color = '';
    probe.style.color = `var(${name})`;
    const isSet = getComputedStyle(root).getPropertyValue(name).trim() !== '';
    found.set(name, isSet ? parseColor(getComputedStyle(probe).color) : undefined);
  }
  probe.remove();
  return (name) => found.get(name);
}

function takeOver(root: HTMLElement): void {
  const set = (name: string, value: string) => own.style.setProperty(name, value);
  const style = getComputedStyle(root);
  for (const name of names) {
    const value = style.getPropertyValue(name).trim();
    if (value === '') own.style.removeProperty(name);
    else set(name, value);
  }
  const color = colorsOf(root);
  const card = color('--card-background-color') ?? [255, 255, 255];
  const page = color('--primary-background-color') ?? card;
  const isDark = contrast(card, [255, 255, 255]) > contrast(card, [0, 0, 0]);
  own.dataset['scheme'] = isDark ? 'dark' : 'light';
  const readables = {
    accent: '--primary-color',
    error: '--error-color',
    warning: '--warning-color',
    success: '--success-color',
  } as const;
  for (const [word, name] of Object.entries(readables)) {
    const found = color(name);
    if (found !== undefined) set(`--gosip-${word}`, formatColor(readable(found, [card, page])));
  }
  const secondary = color('--secondary-text-color');
  if (secondary !== undefined) set('--gosip-quiet', formatColor(readable(secondary, [card, page])));
  const accent = color('--primary-color');
  if (accent !== undefined) set('--gosip-on-accent', formatColor(textOn(readable(accent, [card, page]))));
}

const root = parentRoot();
if (root !== undefined) {
  takeOver(root);
  new MutationObserver(() => takeOver(root)).observe(root, { attributes: true, attributeFilter: ['style', 'class'] });
}
