// DESIGN §4's table "who may import whom", one rule a row. Everything that is not allowed is forbidden.
const kernelFolder = (...names) => `^kernel-core/(${names.join('|')})/`;

/** A folder may import itself, what is listed, and the npm packages listed. */
function layer(name, from, allowed, packages = []) {
  const own = [from, ...allowed];
  const npm = packages.map((pkg) => `^node_modules/${pkg}/`);
  return {
    name: `layer-${name}`,
    comment: `${name} may import: itself${allowed.length > 0 ? `, ${allowed.join(', ')}` : ''}${packages.length > 0 ? `; npm: ${packages.join(', ')}` : ''}`,
    severity: 'error',
    from: { path: from },
    to: { pathNot: [...own, ...npm] },
  };
}

// `virtual:*` modules are made by the bundler: scripts/rollup/virtual-modules.mjs.
const abi = kernelFolder('abi');
const protocol = kernelFolder('protocol');
const client = kernelFolder('client');
const services = ['fs', 'file', 'tty', 'net', 'dev'];

module.exports = {
  forbidden: [
    layer('abi', abi, []),
    layer('protocol', protocol, [abi], ['comlink']),
    layer(
      'client',
      client,
      [protocol, abi, '^virtual:frames$', '^virtual:preview$', '^virtual:runtimes$'],
      ['comlink', '@noble/hashes', '@renovatebot/pep440', 'fflate', 'smol-toml'],
    ),
    layer('frame', kernelFolder('frame'), [protocol, abi], ['acorn', 'es-module-lexer']),
    layer('services', kernelFolder(...services), [abi, protocol]),
    layer('proc', kernelFolder('proc'), [abi, protocol, kernelFolder(...services)]),
    layer('syscalls', kernelFolder('syscalls'), [abi, protocol, kernelFolder(...services, 'proc')]),
    layer(
      'kernel',
      '^kernel-core/[^/]+\\.ts$',
      [abi, protocol, kernelFolder(...services, 'proc', 'syscalls')],
      ['comlink'],
    ),
    {
      name: 'layer-runtime-loaders',
      comment: 'runtime-loaders may import abi and npm packages, nothing else of the kernel and no elements',
      severity: 'error',
      from: { path: '^runtime-loaders/' },
      to: { path: '^(kernel-core|elements|demos|test)/', pathNot: abi },
    },
    {
      name: 'one-runtime-knows-no-other',
      comment: 'what two runtimes share stands in a folder without a loader (view, wasi) or at the top',
      severity: 'error',
      from: { path: '^runtime-loaders/([^/]+)/' },
      to: { path: '^runtime-loaders/[^/]+/loader\\.ts$', pathNot: '^runtime-loaders/$1/' },
    },
    {
      name: 'layer-elements',
      comment: 'elements may import the client and npm packages',
      severity: 'error',
      from: { path: '^elements/' },
      to: { path: '^(kernel-core|runtime-loaders|demos|test)/', pathNot: [client, protocol] },
    },
    {
      name: 'elements-take-types-of-protocol',
      comment: 'elements may import types of protocol, not code',
      severity: 'error',
      from: { path: '^elements/' },
      to: { path: protocol, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'demos-use-the-package',
      comment: 'demos are copied by people: they import the built package only',
      severity: 'error',
      from: { path: '^demos/' },
      to: { path: '^(kernel-core|runtime-loaders|elements|test)/' },
    },
    {
      name: 'comlink-between-page-and-kernel',
      comment: 'comlink stands only between the page and the kernel, wrapped by client',
      severity: 'error',
      from: { pathNot: [client, protocol, '^kernel-core/kernel[^/]*\\.ts$', '^node_modules/'] },
      to: { path: '^node_modules/comlink/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^virtual:' } },
    {
      name: 'no-tests-in-source',
      severity: 'error',
      // What derives assets is a script itself.
      from: { path: '^(kernel-core|runtime-loaders|elements)/', pathNot: '/build[a-z-]*\\.mjs$' },
      to: { path: '^(test|scripts|demos)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
