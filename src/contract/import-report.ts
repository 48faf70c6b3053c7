import { z } from 'zod';

/** A file of rows as programs call it. `text/plain` is a form’s: a foreign web page could submit it without a preflight (CSRF). */
export const csvUpload = {
  types: ['text/csv'],
  aliases: ['application/csv', 'text/comma-separated-values', 'application/vnd.ms-excel', 'application/octet-stream'],
  maxBytes: 10 * 1024 * 1024,
} as const;

/** What became of a file of many entries: the good ones are taken, the others listed. */
export const importReport = z
  .object({
    added: z.number().int(),
    /** There already, as they are. */
    known: z.number().int(),
    /** Changed by what the file says. */
    changed: z.number().int(),
    refused: z.number().int(),
    /** Why, of the first hundred that were refused; `line` counts from 1. */
    problems: z.array(z.object({ line: z.number().int(), message: z.string() })),
  })
  .meta({ id: 'ImportReport' });

export type ImportReport = z.input<typeof importReport>;
