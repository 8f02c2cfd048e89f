import { expect } from 'chai';
import { transport, useShell } from './shell.js';

describe('sqlite3', function () {
  this.timeout(60_000);
  const shell = useShell();

  it('makes, asks and shows databases, as its modes say', async () => {
    await shell.prints(
      "sqlite3 t.db \"create table t(a, b); insert into t values (1, 'x'), (2, 'ÿ')\"\n" +
        'sqlite3 -json t.db "select * from t"; printf "n,v\\none,1\\n" >f.csv\n' +
        'sqlite3 t.db ".mode csv" ".import f.csv c" ".mode box" "select * from c" ".tables"\n' +
        'echo "select sum(a) from t;" >q.sql; sqlite3 t.db ".read q.sql"; echo "select 6 * 7" | sqlite3',
      '[{"a":1,"b":"x"},\n{"a":2,"b":"ÿ"}]\n┌─────┬───┐\n│  n  │ v │\n├─────┼───┤\n│ one │ 1 │\n└─────┴───┘\nc  t\n3\n42\n',
    );
  });

  it('has JSON, mathematics and full-text search', async () => {
    await shell.prints(
      "sqlite3 :memory: \"select json_extract('{\\\"a\\\":[1,2]}', '$.a[1]'), sqrt(16)" +
        "; create virtual table x using fts5(b); insert into x values ('hello world'), ('other'); " +
        "select * from x where x match 'hello'\"",
      '2|4.0\nhello world\n',
    );
  });

  it('sends what it prints to commands', async () => {
    await shell.prints('sqlite3 t.db ".output |tr a-z A-Z" "select \'hi\'"', 'HI\n');
  });

  it('and Python work on one database', async function () {
    // Python has no locks there beside another process.
    if (transport === 'local') this.skip();
    await shell.prints(
      "python3 -c \"import sqlite3; c = sqlite3.connect('t.db'); c.execute('create table t as select 5 n'); c.commit()\"\n" +
        'sqlite3 t.db "select n from t"',
      '5\n',
    );
  });

  it('ends a query that takes for ever on ^C', async () => {
    const process = await shell.sandbox.spawn('sqlite3', [':memory:'], { tty: { columns: 80, rows: 24 } });
    const keys = process.stdin.getWriter();
    const reader = process.stdout.getReader();
    const type = (text: string): Promise<void> => keys.write(new TextEncoder().encode(text));
    let seen = '';
    const until = async (text: string): Promise<void> => {
      while (!seen.includes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`ended before ${text}: ${seen}`);
        seen += new TextDecoder().decode(value);
      }
      seen = seen.slice(seen.indexOf(text) + text.length);
    };
    await until('sqlite> ');
    await type(
      "select 'begun'; with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c;\r",
    );
    await until('from c;');
    // It reads no more: before that, ^C would be the end of its input.
    await until('begun');
    await type('\x03');
    await until('interrupted');
    await type('.quit\r');
    expect(await process.exited).to.include({ signal: null });
  });
});
