// What load-tests/README.md shows of a run: a table between two comments, and pictures.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartSvg } from './chart.ts';
import { chartsOf, resultsTable } from './report.ts';

const BEGIN = '<!-- results: written by npm run load -- all --profile baseline --brokers real --reference -->';
const END = '<!-- end of results -->';
/** Those whose pictures tell something about time. */
const PICTURED = ['fanout', 'resume', 'soak'];

export function writeReference(folder, results) {
  const pictures = join(folder, 'reference');
  mkdirSync(pictures, { recursive: true });
  const shown = results
    .filter(({ scenario }) => PICTURED.includes(scenario))
    .flatMap((result) =>
      chartsOf(result).map((chart, index) => {
        const name = `${result.scenario}-${index + 1}.svg`;
        writeFileSync(join(pictures, name), `${chartSvg(chart)}\n`);
        return `![${result.scenario}: ${chart.title}](reference/${name})`;
      }),
    );
  const [first] = results;
  const heading = `${first.startedAt.slice(0, 10)}, profile ${first.profile}, ${first.against}, all on one machine: ${first.machine}.`;
  const block = [BEGIN, '', heading, '', resultsTable(results), '', ...shown, '', END].join('\n');
  const path = join(folder, 'README.md');
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < 0) throw new Error(`${path} has lost the comments between which results stand.`);
  writeFileSync(path, text.slice(0, from) + block + text.slice(to + END.length));
}
