import { describe, expect, it } from 'vitest';
import { errorReply } from '#contract/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import { AppError } from '#base/errors.ts';
import { ownerOf } from '#base/owner-of.ts';
import { errorResponse, HttpError } from './errors.ts';

function refused(error: unknown) {
  return errorReply.parse(errorResponse(error).body).error;
}

describe('why a request is refused', () => {
  it('is told by a code and what its words fill in, for readers of other languages', () => {
    const error = new AppError('conflict', 'Kitchen is in a call', because('phone-in-call', { name: 'Kitchen' }));
    expect(refused(error)).toEqual({
      code: 'CONFLICT',
      message: 'Kitchen is in a call',
      details: [],
      reason: 'phone-in-call',
      values: { name: 'Kitchen' },
    });
  });

  it('is told of an upload, too', () => {
    const error = new HttpError(413, 'The body is larger than 5 MiB', because('file-too-large', { megabytes: 5 }));
    expect(refused(error)).toMatchObject({ reason: 'file-too-large', values: { megabytes: 5 } });
  });

  it('is told where somebody asks for what is another person’s', () => {
    expect.assertions(1);
    try {
      ownerOf(null, { role: 'user', personId: undefined });
    } catch (error) {
      expect(refused(error)).toMatchObject({ code: 'AUTHORIZATION_ERROR', reason: 'own-only' });
    }
  });

  it('is left to the message where the contract has no code for it', () => {
    const error = new AppError('conflict', 'No', { because: { reason: 'no-such-code', values: {} } });
    expect(refused(error)).toEqual({ code: 'CONFLICT', message: 'No', details: [] });
  });
});
