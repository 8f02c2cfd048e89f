import { expect } from 'chai';

/** Cases that are known to fail, by name, and why. */
export type ExpectedFailures = Readonly<Record<string, string>>;

/** Fails where a case fails that is not on the list, or passes that is. */
export function compareWithList(
  names: readonly string[],
  problems: ReadonlyMap<string, string>,
  list: ExpectedFailures,
): void {
  const wrong = names.flatMap((name) => {
    const problem = problems.get(name);
    if (problem === undefined) return name in list ? [`${name} passes: take it off the list`] : [];
    return name in list ? [] : [`${name}: ${problem}`];
  });
  expect(wrong, wrong.join('\n')).to.deep.equal([]);
}
