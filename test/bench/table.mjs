// One table for people. A row: { figure, ours, unit, goal, against, other, samples, met }.

export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A row whose goal is an upper bound. `against` names what `other` is. */
export function row({ figure, unit, samples, goal, against = '', other = [] }) {
  const ours = median(samples);
  const theirs = other.length === 0 ? undefined : median(other);
  return {
    figure,
    unit,
    ours,
    against,
    other: theirs,
    ratio: theirs === undefined || theirs === 0 ? undefined : ours / theirs,
    goal,
    met: goal === undefined ? undefined : ours <= goal,
    samples,
    otherSamples: other,
  };
}

/** What each of our samples is of the one taken beside it: a machine that is slow at times is so for both. */
export function ratioRow({ figure, samples, other, goal }) {
  return row({ figure, unit: '×', samples: samples.map((each, index) => each / other[index]), goal });
}

export function printTable(rows) {
  const cells = rows.map((each) => [
    each.figure,
    format(each.ours, each.unit),
    each.goal === undefined ? '' : `≤ ${format(each.goal, each.unit)}`,
    each.met === undefined ? '' : each.met ? 'met' : 'MISSED',
    each.other === undefined ? '' : `${each.against} ${format(each.other, each.unit)}`,
    each.ratio === undefined ? '' : `${each.ratio.toFixed(2)}×`,
  ]);
  const head = ['figure', 'ours (median)', 'goal', '', 'peer or limit, same run', 'ratio'];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((line) => [...line[column]].length)),
  );
  const line = (texts) => `| ${texts.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
  console.log(line(head));
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  for (const each of cells) console.log(line(each));
}

function format(value, unit) {
  const text = Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1);
  return `${text.replace(/\.?0+$/, '')} ${unit}`.trim();
}
