import { describe, expect, it } from 'vitest';
import { passwordProblem } from './password-rules.ts';

const anna = { username: 'anna.b', name: 'Anna Bergström' };

describe('a new password', () => {
  it.each([
    'correct horse battery',
    'tulpen-am-fenster',
    'Zx9!kdPq',
    '🐟🐠🐡🦈🐙🦀🦞🐚',
    'äöüéñ'.repeat(7) + 'ß',
    'x y z 4 5 6 q',
    'kranich87zaun',
  ])('may be %s', (password) => {
    expect(passwordProblem(password, anna)).toBeUndefined();
  });

  it.each(['', 'short', '1234567', '🐟🐠🐡🦈🐙🦀🦞'])('must have 8 characters, unlike %s', (password) => {
    expect(passwordProblem(password, anna)).toBe('must be at least 8 characters long');
  });

  it.each([
    ['73 letters', 'Zx9!kdPq7'.repeat(8) + 'x', 73],
    ['37 umlauts', 'ä'.repeat(37), 74],
    ['19 pictures', '🐟'.repeat(19), 76],
  ])('is refused where it is longer than bcrypt reads: %s', (_what, password, bytes) => {
    expect(passwordProblem(password, anna)).toContain(`at most 72 bytes long, and this one has ${bytes}`);
  });

  it('is refused where bcrypt would read only a part of it', () => {
    expect(passwordProblem('tulpen\0am-fenster', anna)).toBe('must not hold a zero character');
  });

  it.each([
    'password',
    'Password1',
    'P@ssw0rd!',
    'passw0rd123',
    'qwertyuiop',
    'QWERTZUI',
    'poiuytrewq',
    '12345678',
    '87654321',
    '1234567890',
    'aaaaaaaa',
    '12341234',
    'abcabcabc',
    'letmein123',
    'iloveyou!',
    'Sommer2026',
    'homeassistant',
    '19840523',
    '23051984',
    '1qaz2wsx',
    'abcdefgh',
    '123password',
    'Willkommen1!',
    'trustno1',
    'football99',
    'gosip2026',
  ])('is refused where it is tried first: %s', (password) => {
    expect(passwordProblem(password, anna)).toContain('easy to guess');
  });

  it.each(['anna.b2026', 'AnnaBergström', 'annabergström1'])('is refused where it is the name of its owner: %s', (password) => {
    expect(passwordProblem(password, anna)).toContain('name of its owner');
  });
});
