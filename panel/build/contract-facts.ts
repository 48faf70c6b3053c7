// Owns what of the contract reaches the browser: of an endpoint its address, of a list or table its values; no schema and no zod.
// Called by the build of the panel, which names the contract's own modules and has their types.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const folder = join(import.meta.dirname, '../../src/contract');
const prefix = '\0contract:';

/** Answers `#contract/devices.ts` with the facts of its exports that are data. */
export function contractFacts(): Plugin {
  return {
    name: 'gosip-contract-facts',
    enforce: 'pre',
    resolveId: (source) => (source.startsWith('#contract/') ? `${prefix}${source.slice('#contract/'.length)}` : undefined),
    async load(id) {
      if (!id.startsWith(prefix)) return undefined;
      const name = id.slice(prefix.length);
      for (const file of readdirSync(folder)) this.addWatchFile(join(folder, file));
      const module = (await import(join(folder, name))) as Readonly<Record<string, unknown>>;
      return Object.entries(module)
        .flatMap(([key, value]) => factsOf(value).map((facts) => `export const ${key} = ${JSON.stringify(facts)};`))
        .join('\n');
    },
  };
}

/** None of what is no data: a schema, a function. */
function factsOf(value: unknown): readonly unknown[] {
  if (isEndpoint(value)) return [{ id: value.id, method: value.method, path: value.path }];
  return isData(value) ? [value] : [];
}

type Address = { readonly id: string; readonly method: string; readonly path: string };

function isEndpoint(value: unknown): value is Address {
  return typeof value === 'object' && value !== null && 'path' in value && 'method' in value && 'access' in value;
}

function isData(value: unknown): boolean {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isData);
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isData);
}
