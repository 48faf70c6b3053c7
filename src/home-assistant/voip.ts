import { z } from 'zod';
import { validate } from '#contract/validation.ts';
import type { CoreConnection } from './core-connection.ts';

const entries = z.array(z.object({ domain: z.string(), disabled_by: z.string().nullable().optional() }));

/** Whether the integration "Voice over IP" is set up. Rejects with a CoreError where Core cannot be asked. */
export async function isVoipSetUp(core: Pick<CoreConnection, 'command'>): Promise<boolean> {
  const found = validate(entries, await core.command({ type: 'config_entries/get', domain: 'voip' }));
  return found.kind === 'fits' && found.value.some((entry) => entry.domain === 'voip' && (entry.disabled_by ?? null) === null);
}
