import { expect, test } from 'vitest';
import { storageHealth } from './storage-health.ts';

const well = { lost: undefined, failing: undefined, notices: [] };

test.each([
  ['all is well', well, 'ok', 'Everything is saved'],
  ['nothing can be written', { ...well, failing: 'The disk is full.' }, 'degraded', 'The disk is full.'],
  ['the start found something', { ...well, notices: ['Restored.'] }, 'degraded', 'Restored.'],
  ['both', { ...well, failing: 'The disk is full.', notices: ['Restored.'] }, 'degraded', 'The disk is full. Restored.'],
  ['the file was taken away', { lost: 'It was removed.', failing: 'x', notices: ['y'] }, 'down', 'It was removed.'],
] as const)('health of the storage where %s', (_where, problems, status, message) => {
  expect(storageHealth(problems)).toEqual({ status, message });
});
