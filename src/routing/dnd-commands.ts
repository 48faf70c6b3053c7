import { isoTimeOrNull } from '#base/clock.ts';
import { spokenError } from '#base/errors.ts';
import { oneByName } from '#base/find-by-name.ts';
import type { Named } from '#base/find-by-name.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import { dndCommand } from '#contract/automation-commands.ts';
import { bindCommand } from '#contract/command.ts';
import type { Command } from '#contract/command.ts';
import type { DndSubject } from './dnd-store.ts';
import type { DndSwitches } from './dnd-switches.ts';

export type DndCommandDeps = {
  readonly clock: { now(): number };
  readonly dnd: { set(...given: Parameters<DndSwitches['set']>): Promise<unknown> };
  readonly house: {
    readonly devices: { all(): readonly Named<DeviceId>[] };
    readonly people: { all(): readonly Named<PersonId>[] };
  };
};

type Asked = {
  readonly of: 'exchange' | 'person' | 'device';
  readonly id?: string | undefined;
  readonly name?: string | undefined;
};
type Found = { readonly subject: DndSubject; readonly name: string };

export function dndCommands({ clock, dnd, house }: DndCommandDeps): readonly Command[] {
  return [
    bindCommand(dndCommand, async ({ on: isOn, minutes, ...asked }) => {
      const { subject, name } = found(asked, house);
      const isTimed = isOn && minutes !== undefined;
      const until = isTimed ? clock.now() + Math.round(minutes * 60_000) : undefined;
      await dnd.set(subject, { isOn, until });
      return { of: asked.of, name, on: isOn, until: isoTimeOrNull(until) };
    }),
  ];
}

function found({ of, id, name }: Asked, { devices, people }: DndCommandDeps['house']): Found {
  const asked = id ?? name;
  if (of === 'exchange') return { subject: {}, name: 'GoSIP' };
  if (asked === undefined) throw spokenError('invalid', whose);
  const one = of === 'person' ? oneByName(people.all(), asked) : oneByName(devices.all(), asked);
  return { subject: of === 'person' ? { personId: one.id as PersonId } : { deviceId: one.id as DeviceId }, name: one.name };
}

const whose = {
  en: 'Say for whom do not disturb is to be switched',
  de: 'Sag, für wen „Nicht stören“ geschaltet werden soll',
  fr: 'Dites pour qui régler « Ne pas déranger »',
  es: 'Di para quién cambiar «No molestar»',
  nl: 'Zeg voor wie ‘Niet storen’ geschakeld moet worden',
};
