import { expect } from 'chai';
import type { StartMessage } from '../../../kernel-core/abi/messages.js';
import { Tree } from '../../../kernel-core/fs/tree.js';
import { handed } from '../../../kernel-core/proc/handed-start.js';
import { describeFiles, Player } from '../fs/journal-model.js';

describe('a start message with a large tree', () => {
  it('takes its columns along, and leaves the kernel its own', () => {
    const tree = new Tree({ inodes: 10_000, fileBytes: 1e6 });
    const player = new Player(tree, 1);
    const { view } = player;
    for (let index = 0; index < 1200; index += 1)
      view.write(view.create(view.root, `file-${index}`, 'file', 0o644), 0, new Uint8Array([index]));
    player.sendAll();
    const before = structuredClone(tree.image().tree);
    for (const pid of [2, 3]) {
      const [message, transfer] = handed({ files: tree.image() } as unknown as StartMessage);
      expect(transfer.length).to.be.greaterThan(10);
      const { files } = structuredClone(message, { transfer });
      expect('tree' in files && files.tree).to.deep.equal(before);
      expect(tree.image().tree).to.deep.equal(before);
      expect(describeFiles(new Player(tree, pid).view)).to.deep.equal(describeFiles(tree.table));
    }
  });
});
