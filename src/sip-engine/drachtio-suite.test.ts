import { describe, expect, it } from 'vitest';
import { expected, runSuite } from '#testing/drachtio-suite/suite.ts';

describe("drachtio-srf's own tests", () => {
  it('pass against this engine, all 77 assertions', { timeout: 360_000 }, async () => {
    const results = await runSuite();
    for (const { file, passed, failed, output } of results) {
      expect({ file, passed, failed }, output).toEqual({ file, passed: expected[file], failed: 0 });
    }
    expect(results.reduce((sum, { passed }) => sum + passed, 0)).toBe(77);
  });
});
