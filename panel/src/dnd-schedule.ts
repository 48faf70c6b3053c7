// Schedules of do not disturb: of a person, or of the house, whose id is empty here.
import { getHouseDndSchedule, getPersonDndSchedule, setHouseDndSchedule, setPersonDndSchedule } from '#contract/dnd.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from './api.ts';
import type { Person } from './data.ts';

export type DndSchedule = EndpointReply<typeof getHouseDndSchedule>;
export type DndEntry = DndSchedule['entries'][number];

export function readSchedule(personId: string): Promise<DndSchedule> {
  return personId === '' ? call(getHouseDndSchedule) : call(getPersonDndSchedule, { params: { id: personId as Person['id'] } });
}

export function saveSchedule(personId: string, entries: readonly DndEntry[]): Promise<DndSchedule> {
  const body = { entries: [...entries] };
  if (personId === '') return call(setHouseDndSchedule, { body });
  return call(setPersonDndSchedule, { params: { id: personId as Person['id'] }, body });
}
