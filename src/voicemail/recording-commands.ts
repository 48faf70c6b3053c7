import { spokenError } from '#base/errors.ts';
import { oneByName } from '#base/find-by-name.ts';
import type { Named } from '#base/find-by-name.ts';
import type { CallId, DeviceId } from '#base/ids.ts';
import { recordCommand } from '#contract/automation-commands.ts';
import { bindCommand } from '#contract/command.ts';
import type { Command } from '#contract/command.ts';
import type { CallRecordings } from './call-recordings.ts';
import { notInCall } from './spoken-words.ts';

export type RecordingCommandDeps = {
  readonly callRecordings: Pick<CallRecordings, 'start' | 'change' | 'stateOf'>;
  readonly devices: { all(): readonly Named<DeviceId>[] };
  /** The call that a phone is in; the only one there is where no phone is given. */
  readonly callOf: (deviceId?: DeviceId) => CallId | undefined;
};

export function recordingCommands(deps: RecordingCommandDeps): readonly Command[] {
  const { callRecordings, devices, callOf } = deps;
  return [
    bindCommand(recordCommand, async ({ call_id: given, device, on }) => {
      const callId = given ?? callOf(device === undefined ? undefined : oneByName(devices.all(), device).id);
      await record(callRecordings, callId as CallId | undefined, on);
      return { recording: on, call_id: callId };
    }),
  ];
}

/** Begins or ends the recording of a call. What is so already stays so. */
export async function record(
  callRecordings: RecordingCommandDeps['callRecordings'],
  callId: CallId | undefined,
  isOn: boolean,
): Promise<void> {
  if (callId === undefined) throw spokenError('not-found', notInCall);
  if (isOn) await callRecordings.start(callId);
  else if (callRecordings.stateOf(callId) !== 'off') await callRecordings.change(callId, 'stopped');
}
