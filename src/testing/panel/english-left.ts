// Finds English on a page that is in French. A text of the house's people may be in any language; what is marked as English may stay.
import { en } from '../../../panel/src/strings/en.ts';
import type { StringKey } from '../../../panel/src/strings/en.ts';
import { fr } from '../../../panel/src/strings/fr.ts';

// A program of the page itself, as text: it is no part of this process.
/** What is seen or said, in whatever shadow tree; without what is folded away, and without what says that it is English. */
export const visibleTexts = `(() => {
  const texts = new Set();
  const add = (text) => { const plain = (text ?? '').replaceAll(/\\s+/g, ' ').trim(); if (plain !== '') texts.add(plain); };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return add(node.data);
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (['STYLE', 'SCRIPT', 'TEXTAREA'].includes(node.tagName) || node.lang === 'en' || !node.checkVisibility({ visibilityProperty: true })) {
        if (getComputedStyle(node).display !== 'contents') return;
      }
      for (const name of ['aria-label', 'title', 'placeholder', 'text', 'heading']) add(node.getAttribute(name));
    }
    const within = node.localName === 'slot' ? node.assignedNodes() : (node.shadowRoot ?? node).childNodes;
    for (const child of within) walk(child);
  };
  walk(document.body);
  return [...texts];
})()`;

const common = /(?:^|[^\p{L}])(?:the|and|not|with|was|is|are|has|cannot|this|there|your|you|from|nobody)(?=[^\p{L}]|$)/iu;

const keys = Object.keys(en) as StringKey[];
const french = new Set<string>(keys.map((key) => fr[key]));
const constant = new Set<string>(keys.map((key) => en[key]).filter((text) => !french.has(text) && !text.includes('{')));
const filled = keys
  .filter((key) => en[key] !== fr[key] && /\{\w+\}/.test(en[key]) && /\p{L}{3}/u.test(en[key].replaceAll(/\{\w+\}/g, '')))
  .map((key) => patternOf(en[key]));

const frenchFilled = keys.filter((key) => /\{\w+\}/.test(fr[key])).map((key) => patternOf(fr[key]));

function patternOf(text: string): RegExp {
  const parts = text.split(/\{\w+\}/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.+')}$`, 's');
}

/** Whether a text has English in it that no French text of the panel has. `own`: what the house's people wrote. */
export function englishIn(text: string, own: readonly string[]): boolean {
  if (french.has(text) || own.includes(text)) return false;
  if (constant.has(text)) return true;
  // A line of a message, or what stands before a link in it.
  if (own.some((one) => one.replaceAll(/\s+/g, ' ').includes(text))) return false;
  const rest = own
    .filter((one) => one.length > 2 && text.includes(one))
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, one) => left.replaceAll(one, ' '), text);
  if (common.test(rest)) return true;
  return filled.some((pattern) => pattern.test(text)) && !frenchFilled.some((pattern) => pattern.test(text));
}
