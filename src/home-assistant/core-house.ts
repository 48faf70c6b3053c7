import { z } from 'zod';
import { timeZone } from '#contract/dates.ts';
import { houseLanguages } from '#contract/languages.ts';
import type { HouseLanguage } from '#contract/languages.ts';
import type { CoreConnection } from './core-connection.ts';

/** What Core says of the house, as far as we can use it. */
export type CoreHouse = {
  /** Two letters, such as `CH`. */
  readonly country: string | undefined;
  readonly timeZone: string | undefined;
  readonly language: HouseLanguage | undefined;
};

const config = z.object({
  /** Null where nobody has chosen one. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .catch(undefined),
  time_zone: timeZone.optional().catch(undefined),
  /** BCP 47, such as `de-CH`. */
  language: z.string().optional().catch(undefined),
});

/** Rejects with a CoreError. */
export async function readCoreHouse(core: CoreConnection): Promise<CoreHouse> {
  const { country, time_zone: zone, language } = config.parse(Object(await core.command<unknown>({ type: 'get_config' })));
  const main = language?.split(/[-_]/)[0]?.toLowerCase();
  return { country, timeZone: zone, language: houseLanguages.find((one) => one === main) };
}

/** Null where nobody has set it. */
const url = z
  .url({ protocol: /^https?$/ })
  .optional()
  .catch(undefined);
const urls = z.object({ external_url: url, internal_url: url });

/** Where people reach Home Assistant: from outside where that is known, else in the house. Rejects with a CoreError. */
export async function readCoreUrl(core: CoreConnection): Promise<string | undefined> {
  const { external_url: external, internal_url: internal } = urls.parse(
    Object(await core.command<unknown>({ type: 'get_config' })),
  );
  return external ?? internal;
}
