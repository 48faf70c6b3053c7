import { z } from 'zod';

/** Line breaks, controls, and what turns the order of a text around (Unicode TR 36 section 2.5): a name with it shows as another one. */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/u;
const everyMisleading = new RegExp(misleading.source, 'gu');
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A name as phones, records and mails show it. Surrounding spaces are removed. */
export const displayName = z
  .string()
  .trim()
  .max(80)
  .superRefine((text, context) => {
    const problem = nameProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

/** One that must be there. */
export const requiredDisplayName = displayName.min(1);

function nameProblem(text: string): string | undefined {
  const found = misleading.exec(text);
  if (found !== null) {
    const code = (text.codePointAt(found.index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `must be plain text on one line: character ${found.index + 1} (U+${code}) cannot be shown`;
  }
  return text === '' || visible.test(text) ? undefined : 'must hold something that can be seen';
}

/** What somebody outside calls themselves, as it can be shown: on one line, turning nothing around. Empty where nothing of it can be seen. */
export function shownName(text: string, maxLength: number): string {
  const plain = text
    .slice(0, 10 * maxLength)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(everyMisleading, '')
    .trim()
    .slice(0, maxLength)
    // Half a character may be left of the last one.
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim();
  return visible.test(plain) ? plain : '';
}
