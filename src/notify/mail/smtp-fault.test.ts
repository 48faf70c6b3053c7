import { describe, expect, it } from 'vitest';
import { faultOfError, faultOfFence } from './smtp-fault.ts';

const errorOf = (fields: object): Error => Object.assign(new Error('It failed'), fields);

describe('what an error on the way to a mail server means', () => {
  it.each<[object, object]>([
    [
      { code: 'ESOCKET', originalCode: 'ECONNRESET' },
      { reason: 'cut-off', isTemporary: true, step: 'greeting' },
    ],
    [
      { code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED' },
      { reason: 'certificate', isTemporary: false, step: 'certificate' },
    ],
    [
      { code: 'ESOCKET', originalCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      { reason: 'certificate', isTemporary: false },
    ],
    [
      { code: 'ESOCKET', originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      { reason: 'certificate', isTemporary: false },
    ],
    [
      { code: 'ESOCKET', originalCode: 'ERR_SSL_WRONG_VERSION_NUMBER' },
      { reason: 'tls-failed', isTemporary: false, step: 'tls' },
    ],
    [
      { code: 'ETLS', responseCode: 454 },
      { reason: 'tls-failed', isTemporary: true },
    ],
    [
      { code: 'ETLS', responseCode: 502 },
      { reason: 'tls-failed', isTemporary: false },
    ],
    [{ code: 'ETLS' }, { reason: 'tls-failed', isTemporary: true }],
    [
      { code: 'ETIMEDOUT', timeoutType: 'UPGRADE_TIMEOUT' },
      { reason: 'timed-out', isTemporary: true, step: 'tls' },
    ],
    [
      { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' },
      { reason: 'timed-out', isTemporary: true },
    ],
    [
      { code: 'EPROTOCOL', responseCode: 421 },
      { reason: 'busy', isTemporary: true },
    ],
    [
      { code: 'EPROTOCOL' },
      { reason: 'server-error', isTemporary: false, detail: expect.stringContaining('port of a mail server') },
    ],
    [
      { code: 'ECONNECTION', responseCode: 421 },
      { reason: 'busy', isTemporary: true },
    ],
    [{ code: 'EAUTH' }, { reason: 'refused-login', isTemporary: false }],
    [
      { code: 'EAUTH', responseCode: 454 },
      { reason: 'refused-login', isTemporary: true },
    ],
    [
      { code: 'EENVELOPE', command: 'DATA', responseCode: 451 },
      { reason: 'busy', isTemporary: true },
    ],
    [
      { code: 'EENVELOPE', command: 'DATA', responseCode: 554 },
      { reason: 'refused-content', isTemporary: false },
    ],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 503 }, { isTemporary: true }],
    [
      { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530 },
      { reason: 'refused-login', step: 'login' },
    ],
    [
      { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 552, response: '552 5.2.2 Mailbox full' },
      { reason: 'refused-recipient' },
    ],
    // Postfix says it to each recipient, what it has against the sender or whoever did not log in.
    [
      {
        code: 'EENVELOPE',
        command: 'RCPT TO',
        responseCode: 553,
        response: '553 5.7.1 <a@b>: Sender address rejected: not owned by user c',
      },
      { reason: 'refused-sender', step: 'sender' },
    ],
    [
      {
        code: 'EENVELOPE',
        command: 'RCPT TO',
        responseCode: 554,
        response: '554 5.7.1 <c[192.0.2.1]>: Client host rejected: Access denied',
      },
      { reason: 'refused-login', step: 'login' },
    ],
    [
      {
        code: 'EENVELOPE',
        command: 'RCPT TO',
        responseCode: 550,
        response: '550 5.7.1 <a@b>: Recipient address rejected: not from this sender',
      },
      { reason: 'refused-recipient', step: 'target' },
    ],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 552, response: '552 Too much mail data' }, { reason: 'too-large' }],
    [{ code: 'EMESSAGE', command: 'DATA', responseCode: 554, response: '554 5.2.3 Too long' }, { reason: 'too-large' }],
    [{ code: 'ESTREAM' }, { reason: 'unexpected', isTemporary: true }],
    [{ code: 'ECONFIG' }, { reason: 'unexpected', isTemporary: false }],
    [{}, { reason: 'unexpected', isTemporary: false }],
  ])('%j', (fields, expected) => {
    expect(faultOfError(errorOf(fields), 'greeting')).toMatchObject(expected);
  });

  it.each([
    ['550 5.1.1 User unknown', true],
    ['550 5.1.2 Domain unknown', true],
    ['556 5.1.10 Recipient address has null MX', true],
    ['551 5.1.6 User has moved', true],
    ['550 5.7.1 Relaying denied', false],
    ['550 5.2.1 Mailbox disabled', false],
    ['550 no such user', false],
  ])('%s: the address is gone: %s', (response, isGone) => {
    const error = errorOf({ code: 'EENVELOPE', command: 'RCPT TO', responseCode: Number(response.slice(0, 3)), response });
    expect(faultOfError(error, 'server').isTargetGone === true).toBe(isGone);
  });

  it.each([
    [
      '407C:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:tlsany_meth.c:77:\n',
      /^what answers does not begin with TLS\. Port/,
    ],
    [
      'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
      /^self-signed certificate$/,
    ],
  ])('says for people what is wrong with TLS: %s', (message, expected) => {
    const originalCode = message.startsWith('self') ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'ERR_SSL_WRONG_VERSION_NUMBER';
    const error = Object.assign(new Error(message), { code: 'ESOCKET', originalCode });
    expect(faultOfError(error, 'greeting').detail).toMatch(expected);
  });

  it('keeps of a reply no more than can be shown', () => {
    const fault = faultOfError(errorOf({ code: 'EMESSAGE', responseCode: 554, response: 'x'.repeat(60_000) }), 'server');
    expect(fault.reply.length).toBeLessThan(1100);
  });

  it.each([
    ['name-unknown', 'unreachable', { step: 'address', isTemporary: true }],
    ['address-forbidden', 'blocked', { step: 'address', isTemporary: false }],
    ['unreachable', 'unreachable', { step: 'connect', isTemporary: true }],
  ] as const)('%s before there is a connection', (reason, kind, expected) => {
    expect(faultOfFence({ kind, reason, detail: 'x', hasCommitted: false })).toMatchObject(expected);
  });
});
