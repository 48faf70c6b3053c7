import { expect, it } from 'vitest';
import { attachmentProblem } from './attachment-problem.ts';

const kB = 1_000;

it.each([
  ['a photo', 'image/jpeg', 4_900 * kB, [], undefined],
  ['a photo that is too big', 'image/jpeg', 5_001 * kB, [], 'messages.fileTooBig'],
  ['a second one that is too much', 'image/jpeg', 3_000 * kB, [3_000 * kB], 'messages.fileTooBig'],
  ['a short sound', 'audio/mpeg', 400 * kB, [], undefined],
  ['a long sound', 'audio/mpeg', 600 * kB, [], 'messages.fileNoPicture'],
  ['a recording of a browser', 'audio/webm', 400 * kB, [], undefined],
  ['an archive', 'application/zip', kB, [], 'messages.fileWrong'],
  ['a web page', 'text/html', kB, [], 'messages.fileWrong'],
  ['a file that the browser does not know', '', kB, [], undefined],
  ['the eleventh', 'image/png', kB, Array.from({ length: 10 }, () => kB), 'messages.tooManyFiles'],
] as const)('%s can be sent or not', (_what, type, bytes, others, problem) => {
  expect(
    attachmentProblem(
      { type, bytes },
      others.map((one) => ({ type: 'image/png', bytes: one })),
    ),
  ).toBe(problem);
});
