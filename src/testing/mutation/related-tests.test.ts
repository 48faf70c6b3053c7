import { expect, test } from 'vitest';
import { bySubject, ImportGraph } from './related-tests.ts';

const files: Record<string, string> = {
  'src/calls/a.ts': '',
  'src/calls/b.ts': "import { a } from './a.ts';",
  'src/sip/c.ts': "import type { b } from '#calls/b.ts';",
  'src/sip/c.test.ts': "import { c } from './c.ts';",
  'src/calls/a.test.ts': "const { a } = await import('./a.ts');",
  'src/calls/other.test.ts': "import { x } from 'vitest';",
};

test('the tests of a file are those that import it, the nearest first', () => {
  const graph = new ImportGraph(Object.keys(files), (file) => files[file] ?? '');
  expect(graph.testsOf('src/calls/a.ts')).toEqual(['src/calls/a.test.ts', 'src/sip/c.test.ts']);
  expect(graph.testsOf('src/sip/c.ts')).toEqual(['src/sip/c.test.ts']);
});

test('of tests that are as near, those come first that are about the same', () => {
  const flows = ['login', 'twilio-calls', 'voicemail', 'twilio-setup'].map((name) => `src/app/flows/${name}.test.ts`);
  const first = (file: string) => bySubject(file, flows)[0];
  expect(first('src/app/voicemail.ts')).toBe('src/app/flows/voicemail.test.ts');
  expect(first('src/app/twilio-setup.ts')).toBe('src/app/flows/twilio-setup.test.ts');
  expect(bySubject('src/app/banner.ts', flows)).toEqual(flows);
});
