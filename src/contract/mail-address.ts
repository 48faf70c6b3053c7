import { z } from 'zod';

/** What stands before the @ and means nothing to a mail server but itself: neither the end of an address nor the next one. */
const localPart = /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}\p{Surrogate}]{1,64}$/u;
/** Letters of any script: they are written in ASCII (RFC 5891) where a mail is sent. A house's own server may have a name without dots. */
const domain =
  /^(?=.{1,253}$)(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?)(?:\.[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?)*$/u;

/** One mail address, without a name and without angle brackets. Surrounding spaces are removed. */
export const mailAddress = z
  .string()
  .trim()
  .min(1)
  .max(254)
  .refine((text) => isMailAddress(text), 'must be one mail address such as anna@example.org')
  .meta({ id: 'MailAddress' });

function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  return at > 0 && localPart.test(text.slice(0, at)) && domain.test(text.slice(at + 1));
}
