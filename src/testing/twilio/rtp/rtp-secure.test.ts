import { expect, test } from 'vitest';
import { formatRtp } from '#media/rtp-packet.ts';
import { deriveKeys, SecureStream } from './rtp-secure.ts';

// RFC 3711 appendix B.3: master key and salt of the key derivation test vectors.
const master = Buffer.from('E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6', 'hex').toString('base64');
const packet = (sequence: number, text = 'hello there') =>
  formatRtp({ payloadType: 0, marker: false, sequence, timestamp: 160, ssrc: 0xcafebabe, payload: Buffer.from(text) });

test('what was protected comes back, also over the end of the sequence numbers', () => {
  const sender = new SecureStream(master);
  const receiver = new SecureStream(master);
  for (const sequence of [65_533, 65_534, 65_535, 0, 1, 2]) {
    const hidden = sender.protect(packet(sequence));
    expect(hidden.length).toBe(packet(sequence).length + 10);
    expect(hidden.includes('hello')).toBe(false);
    expect(receiver.unprotect(hidden)).toEqual(packet(sequence));
  }
});

test('packets out of order at the roll-over are read', () => {
  const sender = new SecureStream(master);
  const receiver = new SecureStream(master);
  const [one, two, three] = [65_534, 65_535, 0].map((sequence) => sender.protect(packet(sequence)));
  expect(receiver.unprotect(one!)).toBeDefined();
  expect(receiver.unprotect(three!)).toBeDefined();
  expect(receiver.unprotect(two!)).toBeDefined();
});

test('a changed packet is refused', () => {
  const hidden = new SecureStream(master).protect(packet(7));
  hidden[14] = hidden[14]! ^ 1;
  expect(new SecureStream(master).unprotect(hidden)).toBeUndefined();
});

test('the session keys are those of RFC 3711 appendix B.3', () => {
  const keys = deriveKeys(
    Buffer.from('E1F97A0D3E018BE0D64FA32C06DE4139', 'hex'),
    Buffer.from('0EC675AD498AFEEBB6960B3AABE6', 'hex'),
  );
  expect(keys.cipher.toString('hex')).toBe('c61e7a93744f39ee10734afe3ff7a087');
  expect(keys.salt.toString('hex')).toBe('30cbbc08863d8c85d49db34a9ae1');
  expect(keys.auth.toString('hex')).toBe('cebe321f6ff7716b6fd4ab49af256a156d38baa4');
});
