// The inline metadata of a Python program, as PEP 723 has it.
import { expect } from 'chai';
import { checkPython, scriptMetadata } from '../../../../kernel-core/client/wheels/script-metadata.js';

const block = (...lines: string[]): string =>
  ['# /// script', ...lines.map((line) => `# ${line}`.trimEnd()), '# ///', 'print(1)', ''].join('\n');

const failure = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('inline metadata of a program', () => {
  it('names packages and a Python', () => {
    const source = block(
      'requires-python = ">=3.12"',
      'dependencies = [',
      '  "a[x]>=1",  # it’s what isn\'t ] there',
      '  \'b ; os_name == "nt"\',',
      '  # "c",',
      ']',
      '',
      '[tool.uv]',
      'dependencies = 1',
    );
    expect(scriptMetadata(source)).to.deep.equal({
      dependencies: ['a[x]>=1', 'b ; os_name == "nt"'],
      requiresPython: '>=3.12',
    });
    expect(scriptMetadata(source.replaceAll('\n', '\r\n')).dependencies).to.have.length(2);
  });

  it('is not there without a block that is closed', () => {
    const none = { dependencies: [], requiresPython: undefined };
    for (const source of [
      'print(1)\n',
      '# /// script\n# dependencies = ["a"]\n',
      '# /// script\n# dependencies = ["a"]\nx = 1\n# ///\n',
      '# /// other\n# dependencies = ["a"]\n# ///\n',
      ' # /// script\n # dependencies = ["a"]\n # ///\n',
    ])
      expect(scriptMetadata(source), source).to.deep.equal(none);
  });

  it('is refused with a sentence where it cannot be read', () => {
    for (const [source, hint] of [
      [block('dependencies = ["a'), /^Line 1 of it: /],
      [block('', 'dependencies = [1 2]'), /^Line 2 of it: /],
      [block('dependencies = "a"'), /dependencies = \["name>=1\.2", "other"\]/],
      [block('dependencies = [1]'), /dependencies = \[/],
      [block('requires-python = 3.12'), /requires-python = ">=3\.12"/],
      [block('x = 1') + block('x = 1'), /^A program has one such block\.$/],
    ] as const) {
      const error = failure(() => scriptMetadata(source));
      expect(error, source).to.include({
        code: 'EINVAL',
        message: 'The block “# /// script” of this program cannot be read.',
      });
      expect(error).to.have.property('hint').which.matches(hint);
    }
  });

  it('asks for a version', () => {
    const metadata = { dependencies: [], requiresPython: '>=3.12,<3.14' };
    expect(failure(() => checkPython(metadata, '3.13.2'))).to.equal(undefined);
    expect(failure(() => checkPython(metadata, '3.14.2'))).to.include({
      code: 'EINVAL',
      message: 'This program asks for Python >=3.12,<3.14; this is 3.14.2.',
    });
    expect(failure(() => checkPython({ ...metadata, requiresPython: 'new' }, '3.14.2'))).to.have.property(
      'code',
      'EINVAL',
    );
  });
});
