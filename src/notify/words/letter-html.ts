// Owns how a mail looks.
// Must stay true: every colour but the accent is the reader's own, so that light and dark both work; nothing is loaded from anywhere; what
// others wrote is text; the one link is ours.
import type { Letter, Link, Section } from './letter.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

const font = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const wrap = 'overflow-wrap:anywhere;word-break:break-word';
const quiet = 'opacity:.75';
const line = 'rgba(128,128,128,.35)';
const accent = '#00718f';

/** A mail as HTML, without an address or a script from outside. */
export function letterHtml({ language, subject, heading, sections, more, footer }: Letter): string {
  return markup`<!doctype html>
<html lang="${language}" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no">
<title>${subject}</title>
</head>
<body style="margin:0;padding:0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;margin:0 auto;table-layout:fixed">
<tr><td style="padding:28px 20px 24px;${font};font-size:16px;line-height:24px;${wrap}">
${heading === undefined ? undefined : markup`<h1 style="margin:0 0 24px;font-size:24px;line-height:32px;font-weight:600">${heading}</h1>\n`}${sections.map((one, at) => sectionHtml(one, at > 0 || heading !== undefined))}${more === undefined ? undefined : markup`<p style="margin:24px 0 0;${quiet}">${more}</p>\n`}<p style="margin:32px 0 0;padding:16px 0 0;border-top:1px solid ${line};font-size:13px;line-height:20px;${quiet}">${footer}</p>
</td></tr>
</table>
</body>
</html>
`.html;
}

function sectionHtml({ heading, lines, quote, notes, link }: Section, isOneOfMany: boolean): Markup {
  const title = isOneOfMany
    ? markup`<h2 style="margin:0 0 4px;padding:20px 0 0;border-top:1px solid ${line};font-size:18px;line-height:26px;font-weight:600">${heading}</h2>`
    : markup`<h1 style="margin:0 0 8px;font-size:24px;line-height:32px;font-weight:600">${heading}</h1>`;
  return markup`${title}
${lines.length === 0 ? undefined : markup`<p style="margin:0 0 16px;${quiet}">${linesHtml(lines)}</p>\n`}${quote === undefined ? undefined : markup`<blockquote dir="auto" style="margin:0 0 16px;padding:4px 0 4px 16px;border-left:4px solid ${accent};font-size:17px;line-height:26px">${linesHtml(quote.split('\n'))}</blockquote>\n`}${notes.map((note) => markup`<p style="margin:0 0 16px">${note}</p>\n`)}${link === undefined ? undefined : linkHtml(link)}
`;
}

function linesHtml(lines: readonly string[]): readonly Markup[] {
  return lines.map((text, at) => (at === 0 ? markup`${text}` : markup`<br>${text}`));
}

function linkHtml(link: Link): Markup {
  if ('where' in link) return markup`<p style="margin:0 0 20px">${link.where}</p>`;
  const look = `display:inline-block;padding:12px 20px;border-radius:24px;background:${accent};color:#ffffff;font-weight:600;line-height:20px;text-decoration:none`;
  return markup`<p style="margin:0 0 20px"><a href="${link.url}" style="${look}">${link.label}</a></p>`;
}
