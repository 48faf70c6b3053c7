import { describe, expect, it } from 'vitest';
import { excerpt, isDiallable, matches } from './match.ts';

describe('what is looked for', () => {
  it.each([
    ['Müller, Jörg', 'muller', true],
    ['Müller, Jörg', 'jor mul', true],
    ['Anna’s mobile', 'annas', true],
    ['Kitchen', 'itch', false],
    ['Front door', 'door', true],
    ['+49 30 901820', '030901', false],
    ['+49 30 901820', '90182', true],
    ['+49 30 901820', '901-82', true],
    ['Kitchen', '', false],
    ['Kitchen', '   ', false],
    ['Élodie', 'elodie', true],
    ['C++ (test)', 'c++', true],
  ])('in %s by %s: %s', (text, wanted, found) => expect(matches(text, wanted)).toBe(found));

  it.each([
    ['11', true],
    ['+49 (30) 90-18', true],
    ['*97', true],
    ['#', false],
    ['11 Kitchen', false],
    ['', false],
  ])('can be dialled: %s %s', (text, can) => expect(isDiallable(text)).toBe(can));

  it('is shown with the words around it', () => {
    const long = `${'Some words before it. '.repeat(10)}The train is late. ${'And some after it. '.repeat(10)}`;
    expect(excerpt(long, 'train')).toMatch(/^….*train.*…$/);
    expect(excerpt(long, 'train').length).toBeLessThanOrEqual(92);
    expect(excerpt(long, 'nowhere')).toMatch(/^Some words/);
    expect(excerpt('short\ntext', 'text')).toBe('short text');
  });
});
