import { describe, expect, it } from 'vitest';
import { callIdOf, logText, withNewer } from './log-lines.ts';

const line = (id: number, more: object = {}) => ({
  id,
  time: `2026-11-30T10:00:0${id}Z`,
  level: 'info',
  room: 'calls',
  message: `Line ${id}`,
  fields: {},
  ...more,
});

describe('lines of the log', () => {
  it('are each shown once, the newest first', () => {
    const kept = withNewer([line(2), line(1)], [line(3), line(2)]);
    expect(kept.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(withNewer(kept, [])).toEqual(kept);
  });

  it('begin anew when the house was started again', () => {
    expect(withNewer([line(9), line(8)], [line(2), line(1)]).map(({ id }) => id)).toEqual([2, 1]);
  });

  it('are never more than a browser can hold', () => {
    const many = Array.from({ length: 1_500 }, (_none, at) => line(1_500 - at));
    expect(withNewer(many, [line(1_501)])).toHaveLength(1_000);
  });

  it('are copied in the order of time, with everything they say', () => {
    expect(logText([line(2, { room: null, fields: { callId: 'call_1' } }), line(1)])).toBe(
      '2026-11-30T10:00:01Z info [calls] Line 1\n2026-11-30T10:00:02Z info Line 2 {"callId":"call_1"}\n',
    );
  });

  it('say of which call they are', () => {
    expect([callIdOf(line(1, { fields: { callId: 'call_1' } })), callIdOf(line(1))]).toEqual(['call_1', undefined]);
  });
});
