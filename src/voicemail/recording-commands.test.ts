import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallId, DeviceId } from '#base/ids.ts';
import { VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import { recordingCommands } from './recording-commands.ts';
import { recordingEntities } from './recording-entities.ts';

const devices = { all: () => [{ id: 'dev_1', name: 'Kitchen' }] as const };
let harness: VoicemailHarness;
let call: CallId | undefined;

beforeEach(async () => {
  harness = new VoicemailHarness();
  await harness.room.start();
  await harness.idle();
  call = 'call_1';
  harness.calls.set('call_1', {
    callId: 'call_1',
    externalCallId: 'CA1',
    trunk: 'twilio',
    dialled: '+15555550123',
    startedAt: harness.clock.now(),
    isAnswered: true,
    personIds: [],
    answeredDeviceIds: ['dev_1'],
  });
});
afterEach(() => harness[Symbol.asyncDispose]());

function deps() {
  const callOf = (deviceId?: DeviceId) => (deviceId === undefined || deviceId === 'dev_1' ? call : undefined);
  return { callRecordings: harness.room.callRecordings, devices, callOf };
}

function record(input: object) {
  const [command] = recordingCommands(deps());
  return command!.run(command!.declaration.input.parse(input));
}

test('the call of a phone is recorded and no longer recorded, and doing it twice changes nothing', async () => {
  expect(await record({ device: 'kitchen', on: true })).toEqual({ recording: true, call_id: 'call_1' });
  await record({ on: true });
  await record({ call_id: 'call_1', on: false });
  await record({ on: false });
  expect(harness.recorderLog).toEqual(['start CA1', 'stopped RE-CA1']);
});

test('what cannot be recorded is said in words', async () => {
  await expect(record({ device: 'garage', on: true })).rejects.toThrow('There is no garage');
  harness.calls.set('call_1', { ...harness.calls.get('call_1')!, isAnswered: false });
  await expect(record({ on: true })).rejects.toMatchObject({ words: { de: expect.stringContaining('angenommenes') } });
  call = undefined;
  await expect(record({ on: true })).rejects.toMatchObject({ code: 'not-found' });
});

test('the switch of a phone is on while its call is recorded, and off without a call', async () => {
  const [recording] = recordingEntities(deps());
  if (recording?.kind !== 'switch') throw new Error('This is no switch');
  expect(recording.source.state('dev_1')).toBe(false);
  await recording.source.turn('dev_1', true);
  expect(recording.source.state('dev_1')).toBe(true);
  await harness.room.callRecordings.change('call_1', 'paused');
  expect(recording.source.state('dev_1')).toBe(false);
  call = undefined;
  expect(recording.source.state('dev_1')).toBe(false);
  await expect(recording.source.turn('dev_1', true)).rejects.toMatchObject({ code: 'not-found' });
});
