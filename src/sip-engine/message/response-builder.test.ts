import { describe, expect, it } from 'vitest';
import { readText } from '#testing/harness/fake-sip-transport.ts';
import { requestText } from '#testing/harness/transaction-harness.ts';
import { buildResponse } from './response-builder.ts';

const request = (toTag?: string) =>
  readText(
    requestText({
      method: 'INVITE',
      headers: [
        'Via: SIP/2.0/TCP second',
        'Record-Route: <sip:p1;lr>',
        'Record-Route: <sip:p2;lr>',
        'Timestamp: 54',
        'X-Other: no',
      ],
      ...(toTag === undefined ? {} : { toTag }),
    }),
  );

describe('buildResponse', () => {
  it.each([
    [100, ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Timestamp', 'Via']],
    [180, ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Record-Route', 'Record-Route', 'Via']],
    [200, ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Record-Route', 'Record-Route', 'Via']],
    [302, ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Via']],
  ])('copies for %i what RFC 3261 section 8.2.6 says', (status, names) => {
    const response = buildResponse(request(), status, 'Reason');
    expect(response.headers.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(response.getAll('via')).toEqual(request().getAll('via'));
  });

  it('tags To above 100 with the given tag or a new one, and leaves a tag of the request alone', () => {
    expect(buildResponse(request(), 100, 'Trying', { toTag: 'mine' }).toTag).toBeUndefined();
    expect(buildResponse(request(), 180, 'Ringing', { toTag: 'mine' }).toTag).toBe('mine');
    expect(buildResponse(request(), 404, 'Not Found').toTag).toMatch(/^[0-9a-f]{24}$/);
    expect(buildResponse(request('theirs'), 200, 'OK', { toTag: 'mine' }).toTag).toBe('theirs');
  });
});
