import { describe, expect, it } from 'vitest';
import { mailAddress } from './mail-address.ts';
import { mailSettings } from './mail-settings.ts';
import { validate } from './validation.ts';

describe('a mail address', () => {
  it.each([
    'anna@example.org',
    ' anna.b+gosip@mail.example.org ',
    "o'neil@example.org",
    'anna@nas',
    'anna@müller.example',
    'änne@example.org',
  ])('is one: %s', (text) => {
    expect(mailAddress.safeParse(text)).toMatchObject({ success: true, data: text.trim() });
  });

  it.each([
    '',
    'anna',
    '@example.org',
    'anna@',
    'anna@example.org, ben@example.org',
    'anna@example.org;ben@example.org',
    'anna@example.org\r\nBcc: ben@example.org',
    'anna\n@example.org',
    'Anna <anna@example.org>',
    '<anna@example.org>',
    '"anna b"@example.org',
    'anna b@example.org',
    'anna@b@example.org',
    'anna@-example.org',
    'anna@example..org',
    'anna@exa mple.org',
    `${'a'.repeat(65)}@example.org`,
    `anna@${'a'.repeat(250)}.org`,
    'anna\u202E@example.org',
  ])('is none, which a mail server would take for something else: %j', (text) => {
    expect(mailAddress.safeParse(text).success).toBe(false);
  });
});

describe('the settings of mail', () => {
  const smtp = {
    service: 'smtp',
    from: { address: 'house@example.org', name: 'The house' },
    host: 'smtp.example.org',
    port: 587,
    security: 'starttls',
    username: 'house',
  };

  it('need no more than a server, a sender and a login', () => {
    expect(validate(mailSettings, smtp)).toMatchObject({
      kind: 'fits',
      value: { allowsOwnNetwork: false, certificateAuthority: null, dkim: null, maxAttachmentBytes: 5 * 1024 * 1024 },
    });
  });

  it.each([
    [{ ...smtp, host: 'smtp.example.org:587' }, 'host'],
    [{ ...smtp, host: 'smtp example' }, 'host'],
    [{ ...smtp, host: '010.0.0.300' }, 'host'],
    [{ ...smtp, port: 0 }, 'port'],
    [{ ...smtp, security: 'ssl' }, 'security'],
    [{ ...smtp, from: { address: 'house', name: '' } }, 'from.address'],
    [{ ...smtp, from: { address: 'house@example.org', name: 'a\nb' } }, 'from.name'],
    [{ ...smtp, certificateAuthority: 'none' }, 'certificateAuthority'],
    [{ ...smtp, dkim: { domain: 'example.org; d=evil.example', selector: 'a' } }, 'dkim.domain'],
    [{ ...smtp, dkim: { domain: 'example.org', selector: '' } }, 'dkim.selector'],
    [{ ...smtp, messageStream: 'outbound' }, 'messageStream'],
    [{ service: 'postmark', from: smtp.from, messageStream: 'Bad Stream' }, 'messageStream'],
    [{ service: 'pigeon', from: smtp.from }, 'service'],
  ])('name the field that is wrong', (settings, field) => {
    expect(validate(mailSettings, settings)).toMatchObject({ kind: 'problems', problems: [{ field }] });
  });
});
