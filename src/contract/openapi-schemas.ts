import { z } from 'zod';

export type Json = { readonly [key: string]: unknown };

/** The named shapes of an OpenAPI document, gathered while its operations are described. */
export class SchemaComponents {
  readonly #schemas = new Map<string, Json>();

  /** By name, in order. */
  all(): Json {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** JSON Schema of what goes in or out; every part that carries a name is kept here and referred to. */
  describe(schema: z.ZodType, direction: 'input' | 'output'): unknown {
    const {
      $schema: _draft,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, {
      io: direction,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => shorten(jsonSchema, direction),
    });
    for (const [name, inner] of Object.entries($defs)) this.keep(name, inner);
    return typeof root.id === 'string' ? this.keep(root.id, root) : pointAtComponents(root);
  }

  /** Throws where the name stands for another shape already: a generator would leave one of them out. */
  keep(name: string, schema: object): Json {
    const { id: _id, ...rest } = schema as Json;
    const kept = pointAtComponents(rest) as Json;
    const before = this.#schemas.get(name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(kept)) throw new Error(`Two shapes are called ${name}`);
    this.#schemas.set(name, kept);
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** Leaves out what tells a reader nothing; a reply may gain fields later, so it does not forbid them. */
function shorten(schema: z.core.JSONSchema.BaseSchema, direction: 'input' | 'output'): void {
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  sayDefault(schema);
  if (direction === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}

/** openapi-python-client leaves out every shape, and what uses it, that has an object as its default: here it is told in words. */
function sayDefault(schema: z.core.JSONSchema.BaseSchema): void {
  const { default: value, description } = schema;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  delete schema.default;
  schema.description = [description, `By default ${JSON.stringify(value)}.`].filter(Boolean).join(' ');
}

function pointAtComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointAtComponents);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) =>
    key === '$ref' && typeof inner === 'string'
      ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
      : [key, pointAtComponents(inner)],
  );
  return Object.fromEntries(entries);
}
