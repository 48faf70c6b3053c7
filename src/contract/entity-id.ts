import { z } from 'zod';

/** An entity of Home Assistant, by its own rule: one that it does not accept would spoil the request for all others. */
export function entityId(example: string) {
  return z.string().regex(/^[a-z0-9]+(?:_[a-z0-9]+)*\.[a-z0-9]+(?:_[a-z0-9]+)*$/, `must be an entity such as ${example}`);
}
