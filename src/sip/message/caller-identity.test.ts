import { describe, expect, it } from 'vitest';
import { readCallerIdentity, readRequestedPrivacy } from './caller-identity.ts';

const reader = (headers: Record<string, string>) => (name: string) => headers[name] ?? '';
const doctor = { number: '+4930901820', name: 'Doctor' };
const nobody = { number: '', name: 'Anonymous' };
const from = '"Doctor" <sip:+4930901820@provider>;tag=1';
const hidden = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1';
const asserted = '"Doctor" <sip:+4930901820@provider>';

describe('the caller of a trunk’s INVITE', () => {
  it.each<[string, Record<string, string>, typeof doctor]>([
    ['says who it is', { from }, doctor],
    ['is whom the trunk asserts', { from: '<sip:x@provider>;tag=1', 'p-asserted-identity': asserted }, doctor],
    [
      'is the number that its tel URI completes',
      { from: '<tel:30901820;phone-context=+49>;tag=1' },
      { number: '30901820;phone-context=+49', name: '' },
    ],
    [
      'is the number among several identities, written with hyphens',
      { from, 'p-asserted-identity': `<sip:doc@p>, <tel:+49-30-901820>` },
      { ...doctor, number: '+49-30-901820' },
    ],
    ['is the number among several identities', { from, 'p-asserted-identity': `<sip:doc@p>, <tel:+4930901820>` }, doctor],
    ['hides itself in From', { from: hidden, 'p-asserted-identity': asserted }, nobody],
    ['hides itself in any case', { from: '<sip:Anonymous@Anonymous.Invalid>', 'p-asserted-identity': asserted }, nobody],
    ['hides itself by its domain', { from: '<sip:a8f3@anonymous.invalid>', 'p-asserted-identity': asserted }, nobody],
    ['hides itself by the name it shows', { from: '"anonymous" <sip:+4930901820@provider>' }, nobody],
    ['is asserted to be nobody', { from, 'p-asserted-identity': '<sip:anonymous@anonymous.invalid>' }, nobody],
    ['is not known to its network', { from: '<sip:unavailable@unknown.invalid>' }, nobody],
    ['hides itself by a word on a keypad', { from: '"" <sip:+266696687@provider>', 'p-asserted-identity': asserted }, nobody],
    ['hides itself by such a word without a plus', { from: '<sip:86282452253@provider;user=phone>' }, nobody],
    ['is asserted to be such a word', { from, 'p-asserted-identity': '<tel:+7378742833>' }, nobody],
    ['asks with id', { from, privacy: 'id' }, nobody],
    ['asks with ID in capitals', { from, privacy: 'ID' }, nobody],
    ['asks with user', { from, privacy: 'user' }, nobody],
    ['asks with header', { from, privacy: 'header' }, nobody],
    ['asks with several words', { from, 'p-asserted-identity': asserted, privacy: 'user;id;critical' }, nobody],
    ['asks with blanks between', { from, privacy: 'header ; id' }, nobody],
    ['asks with commas or two headers', { from, privacy: 'session, id' }, nobody],
    ['asks in quotes', { from, privacy: '"id"' }, nobody],
    ['asks with a word nobody knows', { from, privacy: 'full' }, nobody],
    ['asks and says none at once', { from, privacy: 'none;id' }, nobody],
    ['asks about its media only', { from, privacy: 'session;critical' }, doctor],
    ['asks about the history only', { from, privacy: 'history' }, doctor],
    ['wants to be shown', { from, privacy: 'none' }, doctor],
    ['wants its asserted identity shown', { from: hidden, 'p-asserted-identity': asserted, privacy: 'none' }, doctor],
    ['wants to be shown and is nobody', { from: hidden, privacy: 'none' }, nobody],
    ['asks as of old', { from, 'remote-party-id': `${asserted};party=calling;screen=yes;privacy=full` }, nobody],
    ['asks as of old, in capitals', { from, 'remote-party-id': `${asserted};Privacy=FULL` }, nobody],
    ['asks as of old, towards the network', { from, 'remote-party-id': `${asserted};privacy="name, uri-network"` }, nobody],
    ['hides its name as of old', { from, 'remote-party-id': `${asserted};privacy=name` }, { number: doctor.number, name: '' }],
    ['hides nothing as of old', { from, 'remote-party-id': `${asserted};privacy=off` }, doctor],
    ['is not the one who hides', { from, 'remote-party-id': `<sip:1@p>;party=called;privacy=full` }, doctor],
    ['has no user', { from: '<sip:provider>;tag=1' }, { number: '', name: '' }],
    ['sends no From', {}, nobody],
  ])('%s', (_name, headers, expected) => {
    expect(readCallerIdentity(reader(headers))).toEqual(expected);
  });
});

describe('the wish of a phone', () => {
  it.each([
    ['', from, 'none'],
    ['none', from, 'none'],
    ['none', hidden, 'none'],
    ['session', from, 'none'],
    ['id', from, 'requested'],
    ['Header;ID', from, 'requested'],
    ['', hidden, 'requested'],
    ['id;critical', from, 'required'],
    ['critical', hidden, 'required'],
  ])('"%s" of %s is %s', (privacy, sender, wish) => {
    expect(readRequestedPrivacy(reader({ privacy, from: sender }))).toBe(wish);
  });
});
