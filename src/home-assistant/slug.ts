import { isRecord } from '#base/json.ts';
import type { CoreConnection } from './core-connection.ts';
import { CoreError } from './core-connection.ts';

/** What Home Assistant makes of a name, such as `mobile_app_annas_phone`; asked of it, since it writes every script of the world in Latin. */
export async function slugOf(core: Pick<CoreConnection, 'command'>, text: string): Promise<string> {
  try {
    const reply = await core.command<unknown>({ type: 'slugify', text });
    if (isRecord(reply) && typeof reply['slug'] === 'string') return reply['slug'];
  } catch (error) {
    // Only newer ones can be asked.
    if (!(error instanceof CoreError) || error.reason !== 'unknown_command') throw error;
  }
  return latinSlug(text);
}

/** The same for names in Latin letters. */
export function latinSlug(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}|’/gu, '')
    .replaceAll(/[ßæøłđœ]/giu, (letter) => written[letter.toLowerCase()] ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

const written: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', ø: 'o', ł: 'l', đ: 'd', œ: 'oe' };
