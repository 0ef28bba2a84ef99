// The table of docs/failover.md, from the lines that the proofs of k8s leave: one for each restart or loss of a node under load.

const kinds = [
  ['A planned restart of a replica', (row) => row.what === 'planned' && !row.wasPrimary],
  ['A planned restart of the primary, which hands over', (row) => row.what === 'planned' && row.wasPrimary],
  ['The primary is killed', (row) => row.what === 'its processes are killed'],
  ['The primary falls silent', (row) => row.what === 'it falls silent'],
];

const sum = (rows, field) => rows.reduce((all, row) => all + row[field], 0).toLocaleString('en');
const mostOf = (numbers) => `${Math.max(...numbers).toLocaleString('en')} ms`;
const errorsMs = ({ firstErrorAt = 0, lastErrorAt = 0 }) => lastErrorAt - firstErrorAt;

export function failoverTable(rows) {
  const lines = kinds.map(([name, isMeant]) => {
    const own = rows.filter(isMeant);
    const cells = [
      name,
      own.length,
      mostOf(own.map(errorsMs)),
      mostOf(own.map(({ longestGapMs }) => longestGapMs)),
      mostOf(own.map(({ longestCallMs }) => longestCallMs)),
      sum(own, 'refused'),
      sum(own, 'unclear'),
      sum(own, 'acknowledged'),
      sum(own, 'lost'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `Seen on ${rows[0].at.slice(0, 10)}.`,
    '',
    '| What | Times | Errors for, at most | No add for, at most | Longest call | Refused | Unclear | Acknowledged | Lost |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
