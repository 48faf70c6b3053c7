import type { Letter, Section } from './letter.ts';

const rule = '-'.repeat(40);

/** A mail as plain text. */
export function letterText({ heading, sections, more, footer }: Letter): string {
  const parts = [
    ...(heading === undefined ? [] : [heading]),
    sections.map(sectionText).join(`\n\n${rule}\n\n`),
    ...(more === undefined ? [] : [more]),
    // The mark by which mail programs know what is no part of the text (RFC 3676 section 4.3).
    `-- \n${footer}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionText({ heading, lines, quote, notes, link }: Section): string {
  const parts = [
    heading,
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...(quote === undefined ? [] : [quoted(quote)]),
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
    ...(link === undefined ? [] : ['url' in link ? `${link.label}\n${link.url}` : link.where]),
  ];
  return parts.join('\n\n');
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
