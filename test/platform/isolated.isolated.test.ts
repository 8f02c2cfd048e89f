import { expect } from 'chai';

describe('an isolated page', () => {
  it('has SharedArrayBuffer', () => {
    expect(crossOriginIsolated).to.equal(true);
    expect(new SharedArrayBuffer(4).byteLength).to.equal(4);
  });
});
