import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { streamReply } from './file.ts';

/**
 * `absent`: not in Home Assistant. `current`: there as it is here. `other`: there, of another version or changed by hand.
 * `unknown`: Home Assistant could not be asked.
 */
export const blueprintStates = ['absent', 'current', 'other', 'unknown'] as const;

export const blueprint = z
  .object({
    id: z.string(),
    /** What is made from it: an automation or a script. */
    domain: z.enum(['automation', 'script']).meta({ id: 'BlueprintDomain' }),
    name: z.string(),
    /** Markdown. */
    description: z.string(),
    /** The oldest release of Home Assistant that takes it, such as 2026.11.0. */
    minVersion: z.string(),
    /** Where Home Assistant keeps it, below its folder blueprints/<domain>. */
    path: z.string(),
    /** Path of the file at this API: Home Assistant imports it by a link there, where GoSIP cannot install it itself. */
    importPath: z.string(),
    state: z.enum(blueprintStates).meta({ id: 'BlueprintState' }),
    /** Whether the release of Home Assistant is new enough; null where it could not be asked. */
    supported: z.boolean().nullable(),
  })
  .meta({ id: 'Blueprint' });

export type BlueprintReply = z.input<typeof blueprint>;

export const listBlueprints = endpoint({
  id: 'listBlueprints',
  method: 'GET',
  path: '/blueprints',
  access: 'admin',
  summary: 'Blueprints for Home Assistant, and which of them it has',
  reply: z.object({
    blueprints: z.array(blueprint),
    homeAssistant: z.object({
      /** Null where it could not be asked. */
      version: z.string().nullable(),
      /** Why it could not be asked, and what helps. */
      problem: z.string().nullable(),
    }),
  }),
});

/** Home Assistant fetches it without signing in; there is nothing of the house in it. */
export const getBlueprintFile = endpoint({
  id: 'getBlueprintFile',
  method: 'GET',
  path: '/blueprints/:file',
  access: 'public',
  summary: 'A blueprint, for importing it into Home Assistant by link',
  params: z.object({ file: z.string().regex(/^[a-z_]+\.yaml$/, 'must be the name of a blueprint, such as voice.yaml') }),
  reply: streamReply,
  replyTypes: ['text/yaml'],
});

export const installBlueprint = endpoint({
  id: 'installBlueprint',
  method: 'POST',
  path: '/blueprints/:id/install',
  access: 'admin',
  summary: 'Put a blueprint into Home Assistant; automations made from an older version of it keep their settings',
  params: z.object({ id: z.string().min(1).max(100) }),
  body: z.strictObject({
    /** Put it in the place of another version, or of one that was changed by hand. */
    replace: z.boolean().default(false),
  }),
  reply: blueprint,
});
