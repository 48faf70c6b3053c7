import { randomBytes, randomUUID } from 'node:crypto';

const poolBytes = 4_096;
const idBytes = 12;

let pool = Buffer.alloc(0);
let used = 0;

/** 96 random bits as 24 hex digits. One call to the system's generator serves several hundred ids. */
function randomText(): string {
  if (used + idBytes > pool.length) {
    pool = randomBytes(poolBytes);
    used = 0;
  }
  const text = pool.toString('hex', used, used + idBytes);
  used += idBytes;
  return text;
}

/** A From or To tag: token characters only, unguessable (RFC 3261 section 19.3). */
export function newTag(): string {
  return randomText();
}

/** A Via branch with the magic cookie (RFC 3261 section 8.1.1.7). */
export function newBranch(): string {
  return `z9hG4bK${randomText()}`;
}

/** A transaction id or message id of the control protocol, or a Call-ID: a UUID without `@`. */
export function newUuid(): string {
  return randomUUID();
}
