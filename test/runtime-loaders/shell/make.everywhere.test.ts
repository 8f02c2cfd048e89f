import { expect } from 'chai';
import { useShell } from './shell.js';

const project = `CC := cc
OBJECTS := $(patsubst %.c,%.o,$(wildcard *.c))
.PHONY: all clean
all: program
program: $(OBJECTS)
	$(CC) -o $@ $^
%.o: %.c number.h
	$(CC) -c -o $@ $<
clean:
	rm -f $(OBJECTS) program
`;

describe('make', function () {
  this.timeout(60_000);
  const shell = useShell();

  it('builds a C program of two files, and again only what changed', async function () {
    this.timeout(120_000);
    await shell.sandbox.fs.writeFile('Makefile', project);
    await shell.sandbox.fs.writeFile('number.h', '#define NUMBER 41\n');
    await shell.sandbox.fs.writeFile(
      'a.c',
      '#include <stdio.h>\n#include "number.h"\nint one(void);\nint main(void) { printf("%d\\n", NUMBER + one()); }\n',
    );
    await shell.sandbox.fs.writeFile('b.c', 'int one(void) { return 1; }\n');
    const { stdout, stderr, code } = await shell.run(
      'make -s && ./program && make && rm b.o && make -n && make clean',
      {
        timeoutMs: 100_000,
      },
    );
    expect({ stdout, stderr, code }).to.deep.equal({
      stdout:
        "42\nmake: Nothing to be done for 'all'.\ncc -c -o b.o b.c\ncc -o program a.o b.o\nrm -f a.o b.o program\n",
      stderr: '',
      code: 0,
    });
  });

  it('says where it failed, and with what', async () => {
    await shell.sandbox.fs.writeFile(
      'Makefile',
      'x:\n\t@echo on\n\tfalse\ny: ; nosuch\nz:\n\t-@exit 3\n\t@echo went on\n',
    );
    const first = await shell.run('make');
    expect(first).to.include({
      code: 2,
      stdout: 'on\nfalse\n',
      stderr: 'make: *** [Makefile:3: x] Error 1\n',
    });
    const second = await shell.run('make y');
    expect(second).to.include({ code: 2 });
    expect(second.stderr).to.contain(
      'nosuch: No such file or directory\nmake: *** [Makefile:4: y] Error 127',
    );
    expect(await shell.run('make z')).to.include({ code: 0, stdout: 'went on\n' });
    expect((await shell.run('make none')).stderr).to.equal(
      "make: *** No rule to make target 'none'.  Stop.\n",
    );
  });

  it('runs several commands at a time', async () => {
    // Each of two commands waits for the other to have begun.
    const both = 'a b: ; @: >$@.began; until [ -e $(OTHER).began ]; do sleep 0.05; done\n';
    await shell.sandbox.fs.writeFile('Makefile', `all: a b\na: OTHER = b\nb: OTHER = a\n${both}`);
    await shell.prints('make -j2; echo $?', '0\n');
  });

  it('shares its jobs with the makes it starts', async () => {
    await shell.sandbox.fs.mkdir('sub');
    const both = 'a b: ; @: >$@.began; until [ -e $(OTHER).began ]; do sleep 0.05; done\n';
    await shell.sandbox.fs.writeFile('Makefile', 'all: ; @$(MAKE) --no-print-directory -C sub\n');
    await shell.sandbox.fs.writeFile('sub/Makefile', `all: a b\na: OTHER = b\nb: OTHER = a\n${both}`);
    await shell.prints('make -j3; echo $?', '0\n');
  });

  it('makes in other folders, and has functions, variables and includes', async () => {
    await shell.sandbox.fs.mkdir('sub');
    await shell.sandbox.fs.writeFile('sub/Makefile', 'all: ; @echo $(notdir $(CURDIR)) $(MAKELEVEL) $(V)\n');
    await shell.prints('make --no-print-directory -C sub V=1', 'sub 0 1\n');
    await shell.sandbox.fs.writeFile(
      'Makefile',
      'include made.mk\ndefine T\n$(1): ; @echo $(1) of $(words $(ALL))\nendef\n$(foreach n,$(ALL),$(eval $(call T,$(n))))\n' +
        'all: $(ALL) ; @$(MAKE) --no-print-directory -C sub V="$(shell echo from a shell)"\n.DEFAULT_GOAL := all\n' +
        'made.mk: ; @echo ALL = one two >$@\n',
    );
    await shell.prints('make', 'one of 2\ntwo of 2\nsub 1 from a shell\n');
  });
});
