import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSealed, sealStream, unsealStream, UnsealError } from './sealed-stream.ts';

const passphrase = 'correct horse battery';
const chunk = 64 * 1024 + 16;
const head = 22 + 16;

async function* inPieces(bytes: Buffer, length = 10_007): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length));
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}

const seal = (bytes: Buffer) => collect(sealStream(inPieces(bytes), { passphrase, salt: randomBytes(16) }));
const unseal = (bytes: Buffer, by = passphrase) => collect(unsealStream(inPieces(bytes, 4099), by));

test.each([0, 65_536, 200_000])('%d bytes come back as they were', async (length) => {
  const bytes = randomBytes(length);
  const sealed = await seal(bytes);
  expect(isSealed(sealed)).toBe(true);
  expect((await unseal(sealed)).equals(bytes)).toBe(true);
});

test('whatever is changed in a sealed file, it is refused', async () => {
  const sealed = await seal(randomBytes(3 * 65_536 + 5));
  const flipped = (at: number) =>
    Buffer.concat([sealed.subarray(0, at), Buffer.of((sealed[at] ?? 0) ^ 1), sealed.subarray(at + 1)]);
  const [first, second] = [sealed.subarray(head, head + chunk), sealed.subarray(head + chunk, head + 2 * chunk)];
  const damaged = {
    'a bit of the salt': flipped(30),
    'a bit of the content': flipped(head + 100),
    'a bit of the last tag': flipped(sealed.length - 1),
    'cut between two chunks': sealed.subarray(0, head + 2 * chunk),
    'cut inside a chunk': sealed.subarray(0, head + chunk + 99),
    'cut behind the head': sealed.subarray(0, head),
    'two chunks exchanged': Buffer.concat([sealed.subarray(0, head), second, first, sealed.subarray(head + 2 * chunk)]),
    'something appended': Buffer.concat([sealed, Buffer.of(0)]),
    'not sealed at all': randomBytes(500),
  };
  for (const [what, bytes] of Object.entries(damaged)) await expect(unseal(bytes), what).rejects.toThrow(UnsealError);
  await expect(unseal(sealed, 'correct horse batterz')).rejects.toThrow('The passphrase is wrong, or the file is damaged');
});

test('nothing is handed on before it was authenticated', async () => {
  const sealed = await seal(randomBytes(2 * 65_536));
  sealed[head + 5] = (sealed[head + 5] ?? 0) ^ 1;
  const got: Buffer[] = [];
  const reading = (async () => {
    for await (const part of unsealStream(inPieces(sealed), passphrase)) got.push(part);
  })();
  await expect(reading).rejects.toThrow(UnsealError);
  expect(got).toEqual([]);
});

test('a passphrase typed with other characters for the same letters opens it', async () => {
  const salt = randomBytes(16);
  const sealed = await collect(sealStream(inPieces(Buffer.from('x')), { passphrase: 'Zoe\u0308 says yes', salt }));
  expect((await unseal(sealed, 'Zo\u00eb says yes')).toString()).toBe('x');
});
