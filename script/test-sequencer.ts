import { relative } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { startFirst } from './test-projects.ts';

/** As vitest has it, but the longest files first, also where it has not seen them run yet. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const known = startFirst.indexOf(relative(this.ctx.config.root, moduleId));
      return (project.config.sequence.groupOrder + 1) * startFirst.length + (known === -1 ? 0 : known - startFirst.length);
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
