import type { Reporter, TestModule, TestProject, Vitest } from 'vitest/node';

const slowest = 10;

/** Prints what a test run cost and what is open, and as its closing line how many tests passed, failed and were skipped. */
export default class SummaryReporter implements Reporter {
  #projects: readonly TestProject[] = [];
  #startedAt = 0;

  onInit(vitest: Vitest): void {
    this.#projects = vitest.projects;
    this.#startedAt = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const ran = this.#projects.filter((project) => modules.some((module) => module.project === project));
    const workers = ran.map(({ name, config }) => `${name} ${config.maxWorkers}`).join(', ');
    const lines = [
      `${seconds.toFixed(0)} s; workers: ${workers}; the slowest files:`,
      ...slowestFiles(modules),
      ...retriedTests(modules),
      closingLine(modules, unhandledErrors.length),
    ];
    // The default reporter prints its own report in the same moment; these lines must come after it.
    process.on('exit', () => process.stdout.write(`\n${lines.join('\n')}\n`));
  }
}

function slowestFiles(modules: readonly TestModule[]): string[] {
  const files = modules.map((module) => ({ name: module.relativeModuleId, ms: module.diagnostic().duration }));
  const first = files.toSorted((a, b) => b.ms - a.ms).slice(0, slowest);
  return first.map(({ name, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`);
}

function retriedTests(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) => {
    const retried = [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky === true);
    return retried.flatMap((test) => [
      `OPEN FAULT, passed only on retry: ${module.relativeModuleId}: ${test.fullName}`,
      ...(test.result().errors ?? []).map(({ message, stack }) => `    ${message} ${placeOf(stack, module.relativeModuleId)}`),
    ]);
  });
}

/** Where in the test it failed: line and column. */
function placeOf(stack: string | undefined, file: string): string {
  return (
    stack
      ?.split('\n')
      .find((line) => line.includes(file))
      ?.trim() ?? ''
  );
}

function closingLine(modules: readonly TestModule[], unhandledErrors: number): string {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const passed = states.filter((state) => state === 'passed').length;
  const skipped = states.filter((state) => state === 'skipped').length;
  // A file that cannot be loaded has no test to fail.
  const failed =
    states.length - passed - skipped + unhandledErrors + modules.filter((module) => module.errors().length > 0).length;
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
