// Owns the container of backups: POSIX ustar (IEEE Std 1003.1, pax), which every system's tar opens. Plain files alone.
// Called by the backup and the restore of system.
// Must stay true: what is read is refused rather than guessed: no links, no folders, no extensions, no name that the caller did not allow.
import { ByteReader, EndOfBytesError } from './byte-reader.ts';

export type TarMember = { readonly name: string; readonly bytes: number };

/** The file is no such container, or damaged; `message` says how, in the user's words. */
export class TarError extends Error {}

const blockBytes = 512;
const maxNameBytes = 100;
/** Eleven octal digits. */
const maxMemberBytes = 8 ** 11 - 1;
const magic = 'ustar\0' + '00';
const checksumAt = 148;
const modifiedAtSeconds = (ms: number) => Math.floor(ms / 1000);

/** What stands before the bytes of a member. Throws RangeError for a name or size that it cannot hold. */
export function tarHeader({ name, bytes }: TarMember, at: number): Buffer {
  if (Buffer.byteLength(name) > maxNameBytes) throw new RangeError(`The name ${name} is too long for a backup`);
  if (bytes > maxMemberBytes) throw new RangeError(`${name} is too large for a backup: more than 8 GiB`);
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 'utf8');
  for (const [at8, value] of [
    [100, 0o600],
    [108, 0],
    [116, 0],
  ] as const)
    header.write(octal(value, 7), at8, 'latin1');
  header.write(octal(bytes, 11), 124, 'latin1');
  header.write(octal(modifiedAtSeconds(at), 11), 136, 'latin1');
  header.write('0', 156, 'latin1');
  header.write(magic, 257, 'latin1');
  header.write(`${octal(checksumOf(header), 6)}\0 `, checksumAt, 'latin1');
  return header;
}

/** What stands behind the bytes of a member, up to a whole block. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

export const tarEnd = Buffer.alloc(2 * blockBytes);

/** Hands each member to `take`, which has to read it to its end. Throws TarError where the file is not one of `tarHeader`'s. */
export async function readTar(
  chunks: AsyncIterable<Uint8Array>,
  take: (member: TarMember, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const reader = new ByteReader(chunks);
  try {
    for (;;) {
      const header = await reader.read(blockBytes);
      if (isZero(header)) return await expectEnd(reader);
      const member = parseHeader(header);
      await take(member, reader.pieces(member.bytes));
      await reader.read(tarPadding(member.bytes).length);
    }
  } catch (error) {
    if (error instanceof EndOfBytesError) throw new TarError('it ends too early: it was not sent or saved to its end');
    throw error;
  }
}

async function expectEnd(reader: ByteReader): Promise<void> {
  if (!isZero(await reader.read(blockBytes))) throw new TarError('it is damaged');
  // Programs fill the last record up with zeros.
  if (!isZero(await reader.readUpTo(64 * blockBytes))) throw new TarError('something follows behind its end');
}

function parseHeader(header: Buffer): TarMember {
  if (header.toString('latin1', 257, 262) !== 'ustar') throw new TarError('it is no backup of GoSIP');
  if (readOctal(header, checksumAt, 8) !== checksumOf(header)) throw new TarError('it is damaged');
  const kind = header.toString('latin1', 156, 157);
  if (kind !== '0' && kind !== '\0') throw new TarError('it holds something else than plain files');
  if (header[345] !== 0) throw new TarError('it holds names that GoSIP does not use');
  const bytes = readOctal(header, 124, 12);
  if (bytes === undefined) throw new TarError('it is damaged');
  return { name: textAt(header, 0, maxNameBytes), bytes };
}

/** The sum of all bytes, those of the sum itself counted as spaces. */
function checksumOf(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [at, byte] of header.entries()) if (at < checksumAt || at >= checksumAt + 8) sum += byte;
  return sum;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function readOctal(header: Buffer, at: number, length: number): number | undefined {
  const text = textAt(header, at, length).trim();
  return /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function textAt(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).split('\0')[0] ?? '';
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
