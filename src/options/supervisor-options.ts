// What the Supervisor said last that the start needs: option values in a file of the data folder, below all that a person sets.
// Called by options.ts, and by app/supervisor.ts, which writes it.
// Must stay true: a file that cannot be read, or holds anything else, is as if it were not there.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { validate } from '#contract/validation.ts';
import { optionSchema } from './schema.ts';

const learnedSchema = z.strictObject({ sip_listen: optionSchema.shape.sip_listen.unwrap().optional() });
export type SupervisorOptions = z.input<typeof learnedSchema>;

const fileName = 'supervisor-options.json';

export function readSupervisorOptions(dataDirectory: string): SupervisorOptions {
  try {
    const read = validate(learnedSchema, JSON.parse(readFileSync(join(dataDirectory, fileName), 'utf8')));
    return read.kind === 'fits' ? read.value : {};
  } catch {
    return {};
  }
}

/** Throws what the disk says. */
export function writeSupervisorOptions(dataDirectory: string, learned: SupervisorOptions): void {
  const path = join(dataDirectory, fileName);
  writeFileSync(`${path}.unfinished`, JSON.stringify(learned), { mode: 0o600 });
  renameSync(`${path}.unfinished`, path);
}
