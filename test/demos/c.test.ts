import { testConfig } from '../test-config.js';
import { describeDemo } from './describe-demo.js';

/** Where nothing waits, the compiler cannot be run, and says so. */
const of = (shown: RegExp): RegExp => (testConfig.lane === 'webkit' ? /cannot (pause|wait)/ : shown);

describeDemo('c', {
  hello: of(/3 squared is 9/),
  error: of(/main\.c:5:18: error: use of undeclared identifier 'cuont'/),
  files: of(/^5$/m),
  cpp: of(/apple\s+fig\s+pear/),
});
