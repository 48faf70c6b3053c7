import { describe, expect, it } from 'vitest';
import { FakeApp } from '#testing/harness/user-agent-harness.ts';
import { DialogTable } from './dialog-table.ts';
import { Dialog } from './dialog.ts';

const app = new FakeApp('app');

function dialog(remoteTag: string, callId = 'call'): Dialog {
  return new Dialog({
    id: `${callId};from-tag=ours`,
    kind: 'INVITE',
    role: 'uac',
    app,
    callId,
    localTag: 'ours',
    remoteTag,
    local: '',
    remote: '',
    localCSeq: 1,
    remoteCSeq: undefined,
    target: '',
    routes: [],
    contact: '',
    flow: undefined,
    isPinned: false,
    isBoundToFlow: false,
  });
}

describe('the table of dialogs', () => {
  it('finds forks by their tags, and by their common id the confirmed one, else the newest', () => {
    const table = new DialogTable(10);
    const [one, two] = [dialog('one'), dialog('two')];
    table.add(one);
    table.add(two);
    expect(table.match({ callId: 'call', localTag: 'ours', remoteTag: 'one' })).toBe(one);
    expect(table.match({ callId: 'call', localTag: 'one', remoteTag: 'ours' })).toBeUndefined();
    expect(table.find(one.id)).toBe(two);
    one.isConfirmed = true;
    expect(table.find(one.id)).toBe(one);
    table.remove(one);
    expect(table.withId(one.id)).toEqual([two]);
    table.remove(two);
    table.remove(two);
    expect(table.find(one.id)).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it('takes no more than it may, but one it has', () => {
    const table = new DialogTable(1);
    const one = dialog('one');
    expect(table.add(one)).toBe(true);
    expect(table.add(one)).toBe(true);
    expect(table.add(dialog('two', 'other'))).toBe(false);
    expect(table.isFull).toBe(true);
    expect(table.withId('other;from-tag=ours')).toEqual([]);
  });

  it('another dialog with the same tags does not push the first out, nor remove it', () => {
    const table = new DialogTable(10);
    const [first, second] = [dialog('same'), dialog('same')];
    table.add(first);
    table.add(second);
    table.remove(second);
    expect(table.match(first)).toBe(first);
    expect(table.withId(first.id)).toEqual([first]);
  });
});
