import {
  blockFromCall,
  changeBlocklistEntry,
  createBlocklistEntry,
  deleteBlocklistEntry,
  listBlocklist,
} from '#contract/blocklist.ts';
import { call } from './api.ts';
import type { BlocklistEntry, CallRecord } from './data.ts';
import { say } from './parts/snackbar.ts';
import { toProblem } from './problem.ts';
import { sayDone, sayProblem } from './undo.ts';
import { t } from './words.ts';

/** `callId`: of the call that it is about. */
type Asked = { readonly number: string; readonly callId?: CallRecord['id'] };

/** Blocks a caller: for one's own calls, and where an administrator does it, for the whole house. Says so, and takes it back when asked. */
export async function blockNumber(asked: Asked): Promise<void> {
  try {
    const entry = await block(asked);
    sayBlocked(entry, () => call(deleteBlocklistEntry, { params: { id: entry.id } }));
  } catch (error) {
    const problem = toProblem(error);
    if (problem.code === 'CONFLICT') await blockAgain(asked.number).catch(sayProblem);
    else sayProblem(problem);
  }
}

function block({ number, callId }: Asked): Promise<BlocklistEntry> {
  if (callId !== undefined) return call(blockFromCall, { body: { callId } });
  return call(createBlocklistEntry, { body: { kind: 'exact', pattern: number } });
}

/** It is on the list already; where it was switched off there, it blocks again. */
async function blockAgain(number: string): Promise<void> {
  const { items } = await call(listBlocklist, { query: { text: number, kind: 'exact', enabled: 'false' } });
  const entry = items.find(({ pattern }) => pattern === number);
  if (entry === undefined) {
    say({ text: t('block.already', { number }) });
    return;
  }
  const params = { id: entry.id };
  const blocked = await call(changeBlocklistEntry, { params, body: { enabled: true } });
  sayBlocked(blocked, () => call(changeBlocklistEntry, { params, body: { enabled: false } }));
}

function sayBlocked({ pattern: number, personId }: BlocklistEntry, undo: () => Promise<unknown>): void {
  sayDone(t(personId === null ? 'block.doneHouse' : 'block.doneMe', { number }), undo, t('block.undone', { number }));
}
