import { oneByName } from '#base/find-by-name.ts';
import type { Named } from '#base/find-by-name.ts';
import type { EscalationChainId } from '#base/ids.ts';
import { escalateCommand } from '#contract/automation-commands.ts';
import { bindCommand } from '#contract/command.ts';
import type { Command } from '#contract/command.ts';
import type { Escalations } from './escalations.ts';

export type EscalationCommandDeps = {
  readonly escalations: Pick<Escalations, 'begin'>;
  readonly chains: () => readonly Named<EscalationChainId>[];
};

export function escalationCommands({ escalations, chains }: EscalationCommandDeps): readonly Command[] {
  return [
    bindCommand(escalateCommand, async ({ chain, text }, requestId) => {
      const { id: chainId, name } = oneByName(chains(), chain);
      const message = text === undefined ? callForHelp : ({ kind: 'text', text } as const);
      const { id } = escalations.begin({ chainId, message, idempotencyKey: requestId });
      return { escalation_id: id, chain: name };
    }),
  ];
}

const callForHelp = { kind: 'prompt', name: 'call-for-help' } as const;
