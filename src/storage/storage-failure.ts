import { AppError } from '#base/errors.ts';

/** Why a write did not reach the disk: `because` continues a sentence that begins with the database. */
export type StorageFailure = {
  readonly kind: 'full' | 'read-only' | 'damaged' | 'unreachable' | 'busy' | 'other';
  readonly because: string;
};

/** Classifies an error of SQLite or of the file system. `other` is not a storage failure, such as a violated constraint. */
export function storageFailure(error: unknown): StorageFailure {
  const code = errorCode(error);
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC') return { kind: 'full', because: 'cannot grow: the disk is full' };
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return { kind: 'read-only', because: 'cannot be written: it is read-only for GoSIP' };
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return { kind: 'damaged', because: 'is damaged' };
  if (code.startsWith('SQLITE_IOERR')) return { kind: 'unreachable', because: 'cannot be written: the disk reports an error' };
  if (code.startsWith('SQLITE_BUSY')) return { kind: 'busy', because: 'is in use by another program' };
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('E')) {
    return { kind: 'unreachable', because: `cannot be opened (${code})` };
  }
  return { kind: 'other', because: 'cannot be used' };
}

/** The same as an error for the user; what is not the storage's fault, or explained already, stays as it is. */
export function explainStorageFailure(error: unknown): unknown {
  const { kind, because } = storageFailure(error);
  if (error instanceof AppError || kind === 'other') return error;
  return new AppError('unavailable', `The database ${because}. Nothing was saved.`, { cause: error });
}

function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}
