// Owns the encryption of backups by a passphrase: scrypt (RFC 7914) makes the key, AES-256-GCM seals one chunk after another (STREAM, Hoang,
// Reyhanitabar, Rogaway and Vizár 2015: the nonce counts the chunks and marks the last).
// Called by the backup and the restore of system.
// Must stay true: no byte is handed on before it was authenticated, and a file that is cut off, reordered or joined from two is refused.
import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { ByteReader, EndOfBytesError } from './byte-reader.ts';

/** A passphrase is wrong or the file is damaged: nobody can tell which. */
export class UnsealError extends Error {}

const magic = Buffer.from('GoSIP sealed backup 1\n', 'latin1');
const saltBytes = 16;
const tagBytes = 16;
const chunkBytes = 64 * 1024;
const keyBytes = 32;
/** 32 MB, the third of OWASP's equal choices (Password Storage Cheat Sheet): a small computer has no more to spare. Part of the format. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);

/** How many bytes tell a sealed file from others. */
export const sealedMagicBytes = magic.length;

export function isSealed(head: Uint8Array): boolean {
  return magic.equals(head.subarray(0, magic.length));
}

/** `salt`: 16 random bytes, never used before. */
export async function* sealStream(
  chunks: AsyncIterable<Uint8Array>,
  { passphrase, salt }: { readonly passphrase: string; readonly salt: Buffer },
): AsyncGenerator<Buffer> {
  const key = await keyOf(passphrase, salt);
  const head = Buffer.concat([magic, salt]);
  yield head;
  const reader = new ByteReader(chunks);
  let chunk = await reader.readUpTo(chunkBytes);
  for (let count = 0; ; count += 1) {
    const next = chunk.length < chunkBytes ? Buffer.alloc(0) : await reader.readUpTo(chunkBytes);
    const isLast = next.length === 0;
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(count, isLast)).setAAD(head);
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    if (isLast) return;
    chunk = next;
  }
}

/** Throws UnsealError. */
export async function* unsealStream(chunks: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Buffer> {
  const reader = new ByteReader(chunks);
  const head = await readHead(reader);
  const key = await keyOf(passphrase, head.subarray(magic.length));
  let sealed = await reader.readUpTo(chunkBytes + tagBytes);
  for (let count = 0; ; count += 1) {
    const next = sealed.length < chunkBytes + tagBytes ? Buffer.alloc(0) : await reader.readUpTo(chunkBytes + tagBytes);
    const isLast = next.length === 0;
    yield openChunk(sealed, { key, head, nonce: nonceOf(count, isLast) });
    if (isLast) return;
    sealed = next;
  }
}

async function readHead(reader: ByteReader): Promise<Buffer> {
  try {
    const head = await reader.read(magic.length + saltBytes);
    if (isSealed(head)) return head;
  } catch (error) {
    if (!(error instanceof EndOfBytesError)) throw error;
  }
  throw new UnsealError('It is no sealed backup');
}

function openChunk(sealed: Buffer, by: { readonly key: Buffer; readonly head: Buffer; readonly nonce: Buffer }): Buffer {
  if (sealed.length < tagBytes) throw new UnsealError('It ends too early');
  const tagAt = sealed.length - tagBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', by.key, by.nonce, { authTagLength: tagBytes })
      .setAAD(by.head)
      .setAuthTag(sealed.subarray(tagAt));
    return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()]);
  } catch (error) {
    throw new UnsealError('The passphrase is wrong, or the file is damaged', { cause: error });
  }
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  // The same letters may be typed as other characters.
  return derive(passphrase.normalize('NFKC'), salt, keyBytes, cost);
}

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(count, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
