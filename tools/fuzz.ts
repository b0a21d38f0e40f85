// `npm run fuzz`: a million messages at a running server, or as many as the argument says. Writes what happened to docs/fuzz.md.

import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { reportLines } from '../test/fuzz/report-lines.ts';
import { runFuzz } from '../test/fuzz/run-fuzz.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 2 ** 31);
const messages = Number(process.argv[2] ?? 1_000_000);
if (!Number.isSafeInteger(messages) || messages < 1) {
  console.error(`"${process.argv[2]}" is not a number of messages. Write for example: npm run fuzz -- 200000`);
  process.exit(2);
}

const PROGRESS_STEP = 50_000;
let told = 0;
console.log(`seed ${seed} (SLUICE_TEST_SEED), ${messages} messages`);
const report = await runFuzz({
  seed,
  messages,
  onProgress: (sent) => {
    if (sent < told + PROGRESS_STEP) return;
    told = sent;
    console.log(`${sent} messages`);
  },
});
const lines = reportLines(report);
console.log(lines.join('\n'));
await writeFile(
  new URL('../docs/fuzz.md', import.meta.url),
  `# Fuzzing

\`npm run fuzz\` throws messages from a grammar, many of them with accidents, at a running server, and writes this page; \`npm test\` does the same with
100,000 messages and a new seed each time. The server is a process of its own with embedded brokers and the earthquake schema; eight connections
at once send it WebSocket frames (fragments, reserved bits and opcodes, lengths that lie, text that is not UTF-8, control frames), messages of
graphql-transport-ws, GraphQL documents with swapped tokens, cycles and hundreds of fields, variables with names of the prototype, numbers that no
double holds and nesting of 5,000, HTTP requests with every method, header and framing, pipelined, and requests for event streams that are left.

What has to hold, or the run fails:

- The server does not end, has no unhandled rejection and logs no error; no connection is closed with 4500, no answer holds INTERNAL_SERVER_ERROR.
- Every connection gets an answer or is closed, and is closed when its client closes, in the middle of a frame or a body too.
- A healthy client beside it gets all of its events, once and in order.
- When everyone is gone, \`sluice_connections\`, \`sluice_subscriptions\` and the open tails of the brokers are 0.
- After a full collection the heap is at most 24 MiB larger than it was in the middle of the run, when the caches had filled up to their bounds.

A failure names its session: \`SLUICE_TEST_SEED=… SLUICE_FUZZ_SESSION=… npm test -- test/fuzz/fuzz.test.ts\` sends that session's messages alone.

## The last run

Seed ${seed}, Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}.

\`\`\`text
${lines.join('\n')}
\`\`\`
`,
);
process.exit(report.problems.length === 0 ? 0 : 1);
