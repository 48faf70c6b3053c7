import { expect, it } from 'vitest';
import type { OutboxItem } from '#storage/outbox-item.ts';
import type { TwilioFailure, TwilioResult } from '#twilio/api/result.ts';
import { recordingDeletion, recordingDeletionHandler } from './recording-deletion.ts';

const failure = (kind: TwilioFailure['kind'], more: Partial<TwilioFailure> = {}): TwilioFailure => ({
  kind,
  status: 400,
  code: undefined,
  message: 'No',
  retryAfterSeconds: undefined,
  ...more,
});

it.each<[string, TwilioResult<void>, object]>([
  ['is done', { kind: 'ok', value: undefined }, { kind: 'done' }],
  ['is done where the recording is gone already', failure('refused', { status: 404, code: 20404 }), { kind: 'done' }],
  [
    'is tried again while Twilio still works on the recording',
    failure('refused', { code: 20009 }),
    { kind: 'retry', message: 'No', code: 20009 },
  ],
  ['fails where Twilio refuses it', failure('refused', { code: 20003 }), { kind: 'failed', message: 'No', code: 20003 }],
  [
    'waits as long as Twilio says',
    failure('limited', { retryAfterSeconds: 7 }),
    { kind: 'limited', message: 'No', retryAfterSeconds: 7 },
  ],
  ['waits where Twilio cannot be reached', failure('unreachable'), { kind: 'unreachable', message: 'No' }],
  [
    'is in doubt where no answer came',
    failure('ambiguous', { retryAfterSeconds: 3 }),
    { kind: 'ambiguous', message: 'No', retryAfterSeconds: 3 },
  ],
])('the deletion of a recording at Twilio %s', async (_what, result, outcome) => {
  const deleted: string[] = [];
  const client = { deleteRecording: (sid: string) => (deleted.push(sid), Promise.resolve(result)) };
  const handler = recordingDeletionHandler({ request: (run) => run(client as never) });
  const { payload } = recordingDeletion('RE1');
  const control = { signal: new AbortController().signal, commit: () => {} };
  expect(await handler.attempt({ payload } as OutboxItem<{ sid: string }>, control)).toEqual(outcome);
  expect(deleted).toEqual(['RE1']);
});
