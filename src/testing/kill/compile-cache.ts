import { join } from 'node:path';

/** The environment of a program that is killed and started again: what the last one compiled need not be compiled anew. */
export const compileCacheEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../../node_modules/.cache/gosip-killed'),
};
