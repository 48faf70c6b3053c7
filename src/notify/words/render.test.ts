import { describe, expect, it } from 'vitest';
import { spacedNumber } from '#numbers/spaced-number.ts';
import type { Told } from '../kinds/content.ts';
import { render } from './render.ts';

const at = Date.parse('2026-11-30T13:03:00Z');
const facts = { houseName: 'GoSIP', timeZone: 'Europe/Berlin', country: 'DE', at: at + 60_000, showNumber: spacedNumber };
const link = { path: 'calls/call_1', url: 'https://gosip.example/calls/call_1' };
const grandma = { name: 'Grandma', number: '+493012345678' };
const missed: Told = { kind: 'missed-call', at, caller: grandma, called: 'Home', reason: 'dnd', link };

describe('a missed call', () => {
  it.each([
    ['en', 'Missed call from Grandma', 'Monday, 30 November at 14:03', 'Do not disturb was on.'],
    ['de', 'Verpasster Anruf von Grandma', 'Montag, 30. November um 14:03', '„Nicht stören“ war an.'],
    ['fr', 'Appel manqué : Grandma', 'lundi 30 novembre à 14:03', '« Ne pas déranger » était activé.'],
    ['es', 'Llamada perdida de Grandma', 'lunes, 30 de noviembre, 14:03', '«No molestar» estaba activado.'],
    ['nl', 'Gemiste oproep van Grandma', 'maandag 30 november om 14:03', '“Niet storen” stond aan.'],
  ] as const)('says in %s who called, when, on which number and why nobody was reached', (language, subject, when, why) => {
    const said = render(missed, language, facts);
    expect(said.subject).toBe(subject);
    expect(said.short.title).toBe(subject);
    for (const body of [said.text, said.html]) {
      for (const part of ['+49 30 12345678', when, 'Home', why, link.url]) expect(body).toContain(part);
    }
  });
});
