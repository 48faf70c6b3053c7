import type { Reporter, TestModule } from 'vitest/node';

/** Prints the closing line of a test run: how many tests passed, failed and were skipped. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const retried: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (test.diagnostic()?.flaky === true) retried.push(`${module.relativeModuleId}: ${test.fullName}`);
        if (state === 'passed') count.passed += 1;
        else if (state === 'skipped') count.skipped += 1;
        else count.failed += 1;
      }
      if (module.errors().length > 0) count.failed += 1;
    }
    // The default reporter prints its own report in the same moment; this line must come after it.
    process.on('exit', () => {
      for (const name of retried) process.stdout.write(`\nPASSED ONLY AT THE SECOND TRY, look into it: ${name}\n`);
      process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
    });
  }
}
