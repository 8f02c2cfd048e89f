import { describeDemo } from './describe-demo.js';

describeDemo('c', {
  hello: /3 squared is 9/,
  error: /main\.c:5:18: error: use of undeclared identifier 'cuont'/,
  files: /^5$/m,
  cpp: /apple\s+fig\s+pear/,
});
