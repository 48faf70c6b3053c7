// What a family has after some weeks on the pages of routing: rules, groups, a chain, holidays.
import type { PanelHouse } from './panel-house.ts';

type Named = { readonly id: string };
type Listed = { readonly items: readonly (Named & { readonly name: string })[] };

/** People, phones and a number are there already. */
export async function furnishRouting({ ask }: PanelHouse): Promise<void> {
  const [people, phones, numbers] = await Promise.all(
    ['/users', '/devices', '/dids'].map((path) => ask<Listed>('GET', `${path}?per_page=100`)),
  );
  const idOf = (list: Listed | undefined, name: string) => list?.items.find((one) => one.name.startsWith(name))?.id ?? '';
  const anna = { kind: 'person', id: idOf(people, 'Anna') };
  const ben = { kind: 'person', id: idOf(people, 'Ben') };
  const kitchen = { kind: 'device', id: idOf(phones, 'Kitchen') };
  const upstairs = { kind: 'device', id: idOf(phones, 'Grandmother') };
  const numberId = numbers?.items[0]?.id ?? '';
  await ask('POST', '/dids', {
    number: '+14165550155',
    name: 'Ceramics studio, orders and questions about courses',
    ownerPersonId: ben.id,
  });
  await ask('POST', '/dids', { number: '+442071838750' });
  const everybody = await ask<Named>('POST', '/ring-groups', {
    name: 'Everybody downstairs and in the garden',
    extension: '600',
    members: [kitchen, anna, { kind: 'number', number: '+14165550144' }],
    order: 'one-after-another',
    seconds: 20,
  });
  await ask('POST', '/ring-groups', { name: 'Parents', members: [anna, ben] });
  const chain = await ask<Named>('POST', '/escalation-chains', {
    name: 'Grandmother fell',
    steps: [
      { targets: [anna, ben] },
      { targets: [kitchen], seconds: 20 },
      { targets: [{ kind: 'number', number: '+14165550144' }] },
    ],
  });
  const nights = [
    { weekdays: [1, 2, 3, 4, 5], from: '22:00', to: '07:00' },
    { weekdays: [6, 7], from: '23:00', to: '09:00' },
  ];
  const rule = (name: string, conditions: object, action: object, more: object = {}) =>
    ask<Named>('POST', '/routes', { numberId, name, conditions, action, ...more });
  await rule(
    'School and doctor',
    {
      callers: [
        { kind: 'group', group: 'School' },
        { kind: 'exact', number: '+14165550123' },
      ],
    },
    {
      kind: 'ring',
      targets: [{ kind: 'group', id: everybody.id }],
    },
  );
  await rule(
    'Night',
    { times: nights },
    { kind: 'voicemail', personId: anna.id, greeting: 'We are asleep. Please leave a message.' },
  );
  await rule(
    'Nobody at home',
    { states: [{ entityId: 'group.family', value: 'not_home', fallback: 'no-match' }] },
    {
      kind: 'forward',
      number: '+14165550144',
    },
  );
  await rule(
    'Christmas',
    { times: [{ dates: [{ from: '12-24', to: '01-06' }] }] },
    { kind: 'play', text: 'We are away until January.' },
    { enabled: false },
  );
  await rule('Sales', { callers: [{ kind: 'country', country: 'GB' }, { kind: 'anonymous' }] }, { kind: 'reject', tone: 'busy' });
  await rule('Help', { callers: [{ kind: 'prefix', prefix: '+1905' }] }, { kind: 'escalate', chainId: chain.id });
  await rule(
    'Everything else',
    {},
    { kind: 'ring', targets: [anna, upstairs], order: 'one-after-another', then: { kind: 'voicemail' } },
  );
  await ask('PATCH', '/routing/settings', {
    holidays: ['12-25', '12-26', '01-01', '2026-12-24'],
    vipGroups: ['Family', 'School'],
  });
}
