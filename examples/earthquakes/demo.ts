// `npm run demo`: a gateway on brokers inside this process, four subscribers, and a week of real events in a minute.
import { EXIT_CODES } from '../../src/cli/exit-code.ts';
import { processIo } from '../../src/cli/process-io.ts';
import { runDemo } from './demo/run-demo.ts';

const io = processIo(process, process.env);
process.exitCode = await runDemo(process.argv.slice(2), io).catch((error: unknown) => {
  io.stderr.write(`The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT_CODES.failed;
});
