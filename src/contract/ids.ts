import { z } from 'zod';
import type { DeviceId, Id, LockoutId, PersonId, SessionId, TokenId } from '#base/ids.ts';

/** Text on the wire; what it is the id of, from here on in the types. Whether there is such a thing, the room says. */
function idOf<Kind extends Id<string>>(): z.ZodType<Kind, string> {
  return z.string() as unknown as z.ZodType<Kind, string>;
}

export const personId = idOf<PersonId>();
export const deviceId = idOf<DeviceId>();
export const tokenId = idOf<TokenId>();
export const sessionId = idOf<SessionId>();
export const lockoutId = idOf<LockoutId>();
