import { expect, it } from 'vitest';
import { forwardScreen } from './leg-screen.ts';

it('whoever answers a forwarded call can refuse it by the key that the words name', () => {
  const { say, accept, refuse } = forwardScreen({ number: '+14165550123' });
  expect(say.at(-1)).toEqual({ kind: 'prompt', name: 'press-to-accept' });
  expect({ accept, refuse }).toEqual({ accept: ['1'], refuse: ['2'] });
});
