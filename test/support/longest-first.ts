import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes begin first, so that at the end no core is left alone with one of them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const takesMinutes = ({ moduleId }: TestSpecification): boolean => /\/(conformance|fault)\/[^/]+$/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(takesMinutes), ...sorted.filter((file) => !takesMinutes(file))];
  }
}
