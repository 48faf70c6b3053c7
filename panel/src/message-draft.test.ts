import { expect, it } from 'vitest';
import { changedDraft, emptyDraft, isEmptyDraft, readDraft } from './message-draft.ts';

const now = 1_800_000_000_000;
const file = { id: 'med_1', name: '<b>.png', type: 'image/png', bytes: 3, at: now - 1_000 };
const draft = { text: 'Hello', media: [file], to: '+4930123', from: '', requestId: 'r1' };

it('a draft is there again after the page was loaded anew', () => {
  expect(readDraft(JSON.parse(JSON.stringify(draft)), now)).toEqual(draft);
});

it('a picture that the house has deleted meanwhile is not sent, nor is the message taken for the one that was tried', () => {
  expect(readDraft(draft, now + 86_400_000)).toEqual({ ...draft, media: [], requestId: '' });
});

it.each([undefined, null, '', 7, [], { text: 1, media: [{}], to: {} }, { media: 'x' }])('%j is no draft', (kept) => {
  expect(readDraft(kept, now)).toEqual(emptyDraft);
});

it('what was changed is another message', () => {
  expect(changedDraft(draft, { text: 'Hello!' }).requestId).toBe('');
  expect(isEmptyDraft({ ...emptyDraft, text: ' \n' })).toBe(true);
  expect(isEmptyDraft({ ...emptyDraft, media: [file] })).toBe(false);
});
