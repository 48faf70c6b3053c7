// The first file of the engine's thread, which does not inherit the compile cache of start.mjs.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/gosip', import.meta.url)));
await import('../sip-engine/engine-thread.ts');
flushCompileCache();
const { collectStartGarbage } = await import('../base/collect-garbage.ts');
collectStartGarbage();
