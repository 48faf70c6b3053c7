import { AppError } from '#base/errors.ts';
import { isCommonPassword } from './common-passwords.ts';

const minCharacters = 8;
/** bcrypt reads no further: what comes behind would protect nothing, and nobody would notice. */
const maxBytes = 72;

export type PasswordOwner = { readonly username: string; readonly name: string };

/** What is wrong with a new password, after the word "password"; undefined where it will do. */
export function passwordProblem(password: string, owner: PasswordOwner): string | undefined {
  const bytes = Buffer.byteLength(password, 'utf8');
  if (Array.from(password).length < minCharacters) return `must be at least ${minCharacters} characters long`;
  if (bytes > maxBytes) {
    return `must be at most ${maxBytes} bytes long, and this one has ${bytes}: letters beyond a to z count as two to four`;
  }
  // bcrypt ends at a zero byte.
  if (password.includes('\0')) return 'must not hold a zero character';
  if (isCommonPassword(password)) return 'is easy to guess: choose another one';
  if (isOwnName(password, owner)) return 'must not be the name of its owner';
  return undefined;
}

/** Throws `invalid` with the name of the field. */
export function assertGoodPassword(password: string, owner: PasswordOwner, field: string): void {
  const message = passwordProblem(password, owner);
  if (message !== undefined)
    throw new AppError('invalid', `This password is not accepted: it ${message}`, { details: [{ field, message }] });
}

function isOwnName(password: string, { username, name }: PasswordOwner): boolean {
  const plain = password.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const names = [username, name].map((one) => one.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  return names.some((one) => one !== '' && plain.replace(/\d+$/, '') === one.replace(/\d+$/, ''));
}
