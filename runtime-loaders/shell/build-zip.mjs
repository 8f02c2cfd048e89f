// zip and unzip, of Info-ZIP. With LZMA and bzip2 in an archive they say so; deflate and store are what archives have.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const zipSource = {
  version: '3.0-13',
  sha256: 'f0e8bb1f9b7eb0b01285495a2699df3a4b766784c1765a8f1aeedf63c0806369',
};
const unzipSource = {
  version: '6.0-28',
  sha256: '036d96991646d0449ed0aa952e4fbe21b476ce994abc276e49d30e686708bd37',
};

const zipFiles =
  'zip zipfile zipup fileio util globals crypt ttyio unix/unix crc32 zbz2err deflate trees'.split(' ');
const unzipFiles = (
  'unzip crc32 crypt envargs explode extract fileio globals inflate list match process ttyio ubz2err unreduce unshrink ' +
  'zipinfo unix/unix'
).split(' ');

const ownMain = path.join(import.meta.dirname, 'zip/main.c');

// Without __DATE__ the same source makes the same program tomorrow.
const common =
  '-Wno-builtin-macro-redefined -U__DATE__ -DUNIX -DLARGE_FILE_SUPPORT -DUNICODE_SUPPORT -DHAVE_DIRENT_H -DHAVE_TERMIOS_H -DUIDGID_NOT_16BIT -Dmain=program_main';
const flags = {
  zip: '-DHAVE_FSEEKO',
  unzip:
    '-DUNICODE_WCHAR -DUTF8_MAYBE_NATIVE -DHAVE_MKTIME -DNO_LCHMOD -DNO_WORKING_ISPRINT -DCOPYRIGHT_CLEAN',
};

export default async function build({ sources, posix }) {
  const compile = async (root, files, own) => [
    ...(await posix.compile(
      files.map((each) => path.join(root, `${each}.c`)),
      {
        includes: [root, path.join(root, 'unix')],
        flags: [
          ...common.split(' '),
          ...own.split(' '),
          '-std=gnu89',
          '-ffunction-sections',
          '-fdata-sections',
        ],
      },
    )),
    ...(await posix.compile([ownMain])),
  ];
  const zip = await compile(await sources.debian('zip', zipSource), zipFiles, flags.zip);
  const unzip = await compile(await sources.debian('unzip', unzipSource), unzipFiles, flags.unzip);
  return new Map([
    ['zip', { bytes: await posix.link(zip), commands: ['zip'] }],
    ['unzip', { bytes: await posix.link(unzip), commands: ['unzip', 'zipinfo'] }],
  ]);
}

/** The licence of what is bundled. It asks that a port be marked as one. */
export const licences = async ({ sources }) => {
  const of = async (name, source) => ({
    name: `${name} (a port to WebAssembly by wasm-elements, not a release of Info-ZIP)`,
    text: readFileSync(path.join(await sources.debian(name, source), 'LICENSE'), 'utf8'),
  });
  return [await of('zip', zipSource), await of('unzip', unzipSource)];
};
