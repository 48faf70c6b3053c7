import { expect, test } from 'vitest';
import type { EscalationChainId } from '#base/ids.ts';
import { escalateCommand } from '#contract/automation-commands.ts';
import type { Escalation } from './escalation.ts';
import { escalationCommands } from './escalation-commands.ts';
import type { EscalationInput } from './escalations.ts';

function house() {
  const begun: EscalationInput[] = [];
  const [command] = escalationCommands({
    escalations: {
      begin(input) {
        begun.push(input);
        return { id: 'esc_1' } as unknown as Escalation;
      },
    },
    chains: () => [
      { id: 'chain_1' as EscalationChainId, name: 'Family' },
      { id: 'chain_2' as EscalationChainId, name: 'Neighbours' },
    ],
  });
  const run = (input: object, requestId?: string) => command?.run(escalateCommand.input.parse(input), requestId);
  return { begun, run };
}

test('an alarm of Home Assistant calls the chain that is named, once for each request', async () => {
  const { begun, run } = house();
  expect(await run({ chain: 'family', text: 'Smoke alarm. Kitchen.' }, 'req_1')).toEqual({
    escalation_id: 'esc_1',
    chain: 'Family',
  });
  expect(begun).toEqual([
    { chainId: 'chain_1', message: { kind: 'text', text: 'Smoke alarm. Kitchen.' }, idempotencyKey: 'req_1' },
  ]);
});

test('an alarm without words says that somebody calls for help', async () => {
  const { begun, run } = house();
  await run({ chain: 'Neighbours' });
  expect(begun).toMatchObject([{ chainId: 'chain_2', message: { kind: 'prompt', name: 'call-for-help' } }]);
});

test('an alarm for a chain that is not there is told which there are, and calls nobody', async () => {
  const { begun, run } = house();
  await expect(run({ chain: 'Freinds' })).rejects.toThrow('There are: Family, Neighbours');
  expect(begun).toEqual([]);
});
