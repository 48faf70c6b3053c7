import type { CallId, DeviceId } from '#base/ids.ts';
import { bindEntity, entity } from '#contract/entity.ts';
import type { Entity, EntityOwner } from '#contract/entity.ts';
import { record } from './recording-commands.ts';
import type { RecordingCommandDeps } from './recording-commands.ts';

/** Of the call that the phone is in; off where it is in none. */
export const phoneRecording = entity({
  of: 'device',
  component: 'switch',
  key: 'recording',
  name: { en: 'Recording', de: 'Aufzeichnung', fr: 'Enregistrement', es: 'Grabación', nl: 'Opname' },
  icon: 'mdi:record-rec',
});

export type RecordingEntityDeps = Omit<RecordingCommandDeps, 'devices'> & {
  readonly devices: { all(): readonly EntityOwner<DeviceId>[] };
};

const anybody = () => undefined;

export function recordingEntities({ callRecordings, devices, callOf }: RecordingEntityDeps): readonly Entity[] {
  const isRecorded = (callId: CallId | undefined) => callId !== undefined && callRecordings.stateOf(callId) === 'recording';
  return [
    bindEntity(phoneRecording, {
      owners: () => devices.all(),
      state: (id) => isRecorded(callOf(id)),
      changedBy: { 'recording.changed': anybody, 'call.answered': anybody, 'call.changed': anybody, 'call.ended': anybody },
      turn: (id, isOn) => record(callRecordings, callOf(id), isOn),
    }),
  ];
}
