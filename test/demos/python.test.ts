import { expect } from 'chai';
import { testConfig } from '../test-config.js';
import { runSample } from './demo-page.js';
import { describeDemo } from './describe-demo.js';

/** Whether a program can wait for the reader in this browser. */
const canAsk = testConfig.lane !== 'webkit';

describeDemo(
  'python',
  {
    hello: /Hello from Python 3\.\d+\.\d+\s+1267650600228229401496703205376/,
    stdin: /Your name\? Hello, Ada!/,
    progress: /━{25} 100 %/,
    error: /3\.0[^]*mean\.py", line 5[^]*ZeroDivisionError: division by zero/,
    endless: /Stopped after 5 s/,
  },
  {
    'lets the reader answer': async (page) => {
      let [low, high, guess] = [1, 20, 0];
      const text = await runSample(page, 'input', (printed) => {
        if (printed.includes('Higher.')) low = guess + 1;
        if (printed.includes('Lower.')) high = guess - 1;
        guess = Math.floor((low + high) / 2);
        return String(guess);
      });
      expect(text).to.match(canAsk ? /That is it!/ : /cannot pause a program[^]*stdin="…"/);
    },
  },
);
