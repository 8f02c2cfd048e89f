import { expect } from 'chai';
import { testConfig } from '../test-config.js';

describe('a plain page', () => {
  it('is not isolated and has no SharedArrayBuffer', () => {
    expect(crossOriginIsolated).to.equal(false);
    expect('SharedArrayBuffer' in window).to.equal(false);
  });

  it('can suspend WebAssembly where PLATFORM says so', () => {
    expect('Suspending' in WebAssembly).to.equal(testConfig.lane !== 'webkit');
  });

  it('is the top window, so that nothing of the runner is around it', () => {
    expect(window.top).to.equal(window);
  });
});
