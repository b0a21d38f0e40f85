// Node's test runner in few lines: one for each test file, every failure whole, and the runner's own closing counts.

import { relative } from 'node:path';
import { inspect } from 'node:util';

const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** @param {AsyncIterable<{type: string, data: any}>} events */
export default async function* report(events) {
  const counts = [];
  const failures = [];
  for await (const { type, data } of events) {
    switch (type) {
      case 'test:fail': {
        // A suite fails because of its tests, and each of these has been shown.
        if (data.details.error?.failureType === 'subtestsFailed' || data.todo !== undefined || data.skip !== undefined)
          break;
        const text = failureText(data);
        failures.push(text);
        yield text;
        break;
      }
      case 'test:summary':
        if (data.file !== undefined) yield fileLine(data);
        break;
      case 'test:stdout':
      case 'test:stderr':
        yield data.message;
        break;
      case 'test:diagnostic':
        if (COUNT.test(data.message)) counts.push(data.message);
        else if (data.level === 'error' || data.level === 'warn') yield `${data.message}\n`;
        break;
    }
  }
  if (failures.length > 1) yield `\nAll ${failures.length} failures again:\n${failures.join('')}`;
  yield counts.map((count) => `# ${count}\n`).join('');
}

function fileLine({ file, success, counts, duration_ms: milliseconds }) {
  const name = relative(process.cwd(), file).padEnd(56);
  return `${success ? 'ok  ' : 'FAIL'} ${name} ${String(counts.tests).padStart(4)} tests ${(milliseconds / 1000).toFixed(1).padStart(7)} s\n`;
}

function failureText({ name, file, line, column, details }) {
  const place = file === undefined ? '' : `\n     at ${relative(process.cwd(), file)}:${line}:${column}`;
  const cause = details.error?.cause ?? details.error;
  const text = inspect(cause, { depth: 8, maxArrayLength: 50, colors: false });
  return `\nFAILED: ${name}${place}\n${text.replaceAll(/^/gm, '     ')}\n\n`;
}
