import { expect } from 'chai';
import { parseMarker } from '../../../../kernel-core/client/wheels/marker.js';
import {
  parseRequirement,
  requirementsOfFile,
  requirementWords,
  takeMagic,
} from '../../../../kernel-core/client/wheels/requirement.js';

const environment = {
  os_name: 'posix',
  platform_system: 'Emscripten',
  python_full_version: '3.14.2',
  python_version: '3.14',
  sys_platform: 'emscripten',
};

describe('what asks for a Python package', () => {
  const markers: [string, boolean, string[]?][] = [
    ['python_version < "3.9"', false],
    ['python_version >= "3.9"', true],
    ['"3.9" <= python_version', true],
    ['python_full_version == "3.14.*"', true],
    ['sys_platform == "win32" or os_name == "posix"', true],
    ['sys_platform == "win32" and os_name == "posix"', false],
    ['os_name == "nt" or (sys_platform != "win32" and python_version > "3.9")', true],
    ['"linux" in sys_platform', false],
    ['"linux" not in sys_platform', true],
    ['sys_platform in "emscripten wasi"', true],
    ["extra == 'Fast_Path'", false],
    ["extra == 'Fast_Path'", true, ['fast-path']],
    ['extra == "x" and python_version < "3"', false, ['x']],
  ];
  for (const [text, holds, extras = []] of markers) {
    it(`decides ${text}${extras.length > 0 ? ` with ${extras.join()}` : ''}`, () => {
      expect(parseMarker(text)(environment, new Set(extras))).to.equal(holds);
    });
  }

  for (const text of [
    'python_version <',
    'python_version < "3" and',
    '(os_name == "nt"',
    'os_name "nt"',
    '&',
  ])
    it(`refuses the marker ${text}`, () => expect(() => parseMarker(text)).to.throw(RangeError));

  it('is read as PEP 508 has it', () => {
    const read = parseRequirement(' Zope.Interface [Test, docs_x] (>=1.2, <3) ; python_version > "3" ');
    expect(read).to.deep.include({
      name: 'zope-interface',
      extras: ['test', 'docs-x'],
      specifier: '>=1.2, <3',
    });
    expect(read.marker?.(environment, new Set())).to.equal(true);
    expect(parseRequirement('a~=1.0')).to.deep.include({ name: 'a', specifier: '~=1.0', marker: undefined });
  });

  for (const text of ['', '-e .', 'a b', 'a>=>1', 'a ==', 'a @ https://example.com/a.whl', './a.whl', 'a; b'])
    it(`is not “${text}”`, () => {
      expect(() => parseRequirement(text))
        .to.throw()
        .with.property('code', 'EINVAL');
    });

  it('stands in an attribute side by side', () => {
    expect(requirementWords(` numpy pandas>=2,<3, 'a [x] >= 1' "b" -q\n c`)).to.deep.equal([
      'numpy',
      'pandas>=2,<3',
      'a [x] >= 1',
      'b',
      'c',
    ]);
  });

  it('stands in a requirements.txt, without comments and options but for hashes', () => {
    const hash = `--hash=sha256:${'0A'.repeat(32)}`;
    const text = `# list\n-r other.txt\na==1 # why\r\n\nb>=2 \\\n  ; os_name == "nt"\nc --config-settings x=y \\\n  ${hash} \\\n  ${hash}\n`;
    expect(requirementsOfFile(text).map((each) => each.replace(/ +/g, ' '))).to.deep.equal([
      'a==1',
      'b>=2 ; os_name == "nt"',
      `c ${hash} ${hash}`,
    ]);
    expect(parseRequirement(`c>=1 ; os_name == "posix" ${hash}`)).to.deep.include({
      text: 'c>=1 ; os_name == "posix"',
      specifier: '>=1',
      hashes: ['0a'.repeat(32)],
    });
    for (const wrong of ['--hash=sha256:00', '--hash=md5:00', '--hash'])
      expect(() => parseRequirement(`c ${wrong}`))
        .to.throw()
        .with.property('code', 'EINVAL');
  });

  it('stands in %pip lines', () => {
    expect(takeMagic('x = 1\n%pip install -q a "b>=2"\nimport a\n')).to.deep.equal({
      requirements: ['a', 'b>=2'],
      source: 'x = 1\n#pip install -q a "b>=2"\nimport a\n',
    });
  });
});
