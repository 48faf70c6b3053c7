import { expect, test } from 'vitest';
import { signedHeaders } from './signature.ts';

// The example of the specification (Standard Webhooks 1.0, "Verifying signatures").
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_999, body: '{"test": 2432232314}' };
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

test('is that of the specification, and whole seconds old', () => {
  expect(signedHeaders(message, [secret])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': signature,
  });
});

test('is of both secrets while one takes the place of the other', () => {
  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const { 'webhook-signature': both = '' } = signedHeaders(message, [other, secret]);
  expect(both.split(' ')).toHaveLength(2);
  expect(both.split(' ')[1]).toBe(signature);
  expect(both.split(' ')[0]).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
});

test('changes with every byte, and with the moment', () => {
  const of = (change: object) => signedHeaders({ ...message, ...change }, [secret])['webhook-signature'];
  const all = [of({}), of({ body: '{"test":2432232314}' }), of({ at: message.at + 1000 }), of({ id: 'msg_other' })];
  expect(new Set(all).size).toBe(4);
});
