// Which of toybox's commands are built: whole files, and in them what is left out.

/** Files of toybox, by folder. */
const files = {
  posix:
    'basename cal chgrp chmod cksum cmp cp cpio date df dirname du echo env expand false file find getconf ' +
    'grep id kill link ln ls mkdir mkfifo nice nohup od paste patch printf ps pwd rm rmdir sed sleep ' +
    'split strings tail tar tee test time touch true tty uname unlink uudecode uuencode',
  lsb: 'gzip hostname killall md5sum mktemp pidof seq sync',
  other:
    'ascii base64 bzcat clear count dos2unix factor fmt help hexedit mcookie printenv pwgen readelf readlink reset ' +
    'setsid shred stat truncate uptime usleep uuidgen watch which xxd yes',
  pending: 'bc dd diff expr getopt hexdump more stty xzcat',
};

/** Paths from toybox's folder. */
export const appletFiles = Object.entries(files).flatMap(([folder, names]) =>
  names.split(' ').map((name) => `toys/${folder}/${name}.c`),
);

/** Configuration symbols of these files that are not set: security labels, and what there is no machine for. */
export const unset = [
  'ID_Z',
  'MKDIR_Z',
  'MKFIFO_Z',
  'TOYBOX_DEBUG',
  'IOTOP',
  'PRLIMIT',
  'LINUX32',
  'KILLALL5',
];
