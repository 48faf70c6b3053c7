import { describe, expect, it } from 'vitest';
import { conflictsOf, expandSentence } from './sentences.ts';

describe('spoken sentences', () => {
  it('are written out with each option and alternative', () => {
    expect(expandSentence('(Read|play [me]) [my] voicemails for {name}')).toEqual([
      'read my voicemails for {name}',
      'read voicemails for {name}',
      'play me my voicemails for {name}',
      'play me voicemails for {name}',
      'play my voicemails for {name}',
      'play voicemails for {name}',
    ]);
  });

  it('that two triggers take are found, by the same words and through a wildcard', () => {
    const read = { name: 'read', sentences: ['read [my] voicemails'] };
    expect(conflictsOf([read, { name: 'again', sentences: ['read voicemails'] }])).toEqual(['read and again: read voicemails']);
    expect(conflictsOf([read, { name: 'any', sentences: ['read {what}'] }])).toEqual([
      'any and read: read my voicemails',
      'any and read: read voicemails',
    ]);
    expect(conflictsOf([read, { name: 'call', sentences: ['call {who}'] }])).toEqual([]);
  });
});
