import { expect } from 'chai';
import type { WasmTerminal } from 'wasm-elements';
import { testConfig } from '../test-config.js';
import { press } from '../input.js';
import { clearPage, stateOf } from './page.js';
import { consoleTerminal, seen, start } from './terminal.js';

const [esc, csi, osc, dcs, st, bel] = ['\x1b', '\x1b[', '\x1b]', '\x1bP', '\x1b\\', '\x07'];

/** Questions of terminals old and new, and what tries to be one. */
const questions = [
  `${csi}c`,
  `${csi}0c`,
  `${csi}>c`,
  `${csi}=c`,
  `${csi}>q`,
  `${csi}5n`,
  `${csi}6n`,
  `${csi}?6n`,
  `${csi}?15n`,
  `${csi}?25n`,
  `${csi}?26n`,
  `${csi}?996n`,
  `${csi}11t`,
  `${csi}13t`,
  `${csi}14t`,
  `${csi}18t`,
  `${csi}19t`,
  `${csi}20t`,
  `${csi}21t`,
  `${csi}22;0t`,
  `${csi}?2026$p`,
  `${csi}4$p`,
  `${csi}1x`,
  `${csi}?u`,
  `${csi}1;1;1;1;1;1*y`,
  `${dcs}$q"p${st}`,
  `${dcs}$qm${st}`,
  `${dcs}$qr${st}`,
  `${dcs}$q q${st}`,
  `${dcs}+q544e${st}`,
  `${osc}4;1;?${bel}`,
  `${osc}10;?${bel}`,
  `${osc}11;?${st}`,
  `${osc}12;?${bel}`,
  `${osc}17;?${bel}`,
  `${osc}52;c;?${bel}`,
  `${osc}50;?${bel}`,
  `${osc}1337;ReportCellSize${bel}`,
  `${esc}Z`,
  '\x05',
  `${csi}?1004h`,
];

/** What would do something to the page, if anything did. */
const attacks = [
  `${osc}0;a title\r\nrm -rf /\r${bel}${csi}21t`,
  `${osc}2;another${st}`,
  `${osc}52;c;${btoa('from the terminal')}${bel}`,
  `${osc}8;;javascript:globalThis.pwned=1${st}click me${osc}8;;${st}`,
  `${osc}8;;data:text/html,<script>parent.pwned=1</script>${st}click me${osc}8;;${st}`,
  `<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>`,
  `${osc}7;file:///etc/passwd${bel}`,
  `${osc}9;notify${bel}${osc}777;notify;a;b${bel}`,
  `${csi}8;1;1t${csi}3;0;0t${csi}2t`,
  `${dcs}q"1;1;9999;9999#0;2;100;0;0#0!9999~-${st}`,
  `${dcs}999999999999;99999999;;;;q${'~'.repeat(10_000)}${st}`,
  `${esc}_Ga=T,f=32,s=9999,v=9999;AAAA${st}`,
  `${osc}1337;File=name=${btoa('x')};inline=1:${btoa('GIF89a')}${bel}`,
];

/** Counts that nobody lives to see the end of, if anybody counts. */
const endless = [
  'S',
  'T',
  'L',
  'M',
  'I',
  'Z',
  '@',
  'P',
  'X',
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G',
  'H',
  'd',
  "'}",
  "'~",
].map((final) => `x${csi}2147483647${final}`);

/** The same lots for everyone who has the seed. */
function lots(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

function noise(draw: (below: number) => number): string {
  const parts = [
    esc,
    csi,
    osc,
    dcs,
    `${esc}_`,
    `${esc}^`,
    bel,
    st,
    ';',
    '?',
    '>',
    '$',
    '\r\n',
    '\x00',
    '\x9b',
    '\x9d',
    'é日',
  ];
  const pieces = Array.from({ length: 2_000 }, () => {
    const kind = draw(4);
    if (kind === 0) return questions[draw(questions.length)] ?? '';
    if (kind === 1) return parts[draw(parts.length)] ?? '';
    if (kind === 2) return String(draw(3_000));
    return String.fromCharCode(0x20 + draw(0x60));
  });
  return pieces.join('');
}

describe('What a program prints into a <wasm-terminal>', () => {
  let title: string;
  let opened: string[];
  const open = window.open.bind(window);
  const { clipboard } = navigator;
  const writeText = clipboard.writeText.bind(clipboard);
  const readText = clipboard.readText.bind(clipboard);
  beforeEach(() => {
    clearPage();
    title = document.title;
    opened = [];
    clipboard.writeText = async (text) => {
      opened.push(`clipboard: ${text}`);
    };
    clipboard.readText = async () => {
      opened.push('clipboard read');
      return '';
    };
    window.open = (url) => {
      opened.push(String(url));
      return null;
    };
  });
  afterEach(() => {
    window.open = open;
    Object.assign(clipboard, { writeText, readText });
    clearPage();
  });

  const untouched = (element: WasmTerminal): void => {
    expect(document.title).to.equal(title);
    expect('pwned' in globalThis).to.equal(false);
    expect(opened).to.deep.equal([]);
    expect(document.body.children.length).to.equal(1);
    expect(element.shadowRoot?.querySelectorAll('script,img,iframe,a')).to.have.length(0);
  };

  it('types nothing for a program that reads keys and did not ask', async () => {
    const element = consoleTerminal('keys');
    await start(element);
    for (const question of questions) await element.write(question);
    await element.write(`${csi}?1000l${csi}?1004l${csi}H${csi}2J`);
    await press('q');
    await stateOf(element, 'exited');
    expect(element.result?.stdout.replace(/\s+/g, ' ')).to.equal('ready 71 ');
    untouched(element);
  });

  it('is answered where it asks for the cursor, and reads keys', async () => {
    const element = consoleTerminal('ask');
    await start(element, ['exited']);
    await seen(element, '^[2;1R');
  });

  it('is not answered where it reads lines: an answer would stand on the next command line', async () => {
    const element = consoleTerminal('ask-line');
    await start(element);
    await press('x');
    await press('Enter');
    await stateOf(element, 'exited');
    expect(await seen(element, /x\nx\^/)).not.to.contain('[2;1R');
  });

  it('does not hold up the page, however often something is to be done', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    for (const each of [...endless, `x${csi}2147483647b`, `${csi}99999999999;999999999r${csi}r`])
      await element.write(each);
    await element.write(`${csi}2J${csi}Hafter it`);
    await seen(element, /^after it/);
  });

  it('cannot touch the page', async () => {
    const element = consoleTerminal('lines');
    await start(element);
    for (const attack of attacks) await element.write(attack);
    untouched(element);
  });

  it(`whatever it is, types nothing and leaves a terminal that works (seed ${testConfig.seed})`, async () => {
    const element = consoleTerminal('keys');
    await start(element);
    const draw = lots(testConfig.seed);
    for (let round = 0; round < 20; round++) await element.write(noise(draw));
    untouched(element);
    await press('q');
    await stateOf(element, 'exited');
    expect(element.result?.stdout.replace(/\s+/g, ' ')).to.equal('ready 71 ');
    await seen(element, 'exit 0');
    const { height } = element.getBoundingClientRect();
    expect(height).to.be.within(200, 600);
  });
});
