import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inTime } from './in-time.ts';
import type { Memory, ServerMessage, ServerQuestion } from './server-messages.ts';

/** The server under fuzz, in a process of its own. */
export interface FuzzedServer {
  readonly url: string;
  readonly port: number;
  /** Undefined while it runs: then why it is gone. */
  readonly exit: string | undefined;
  memory(): Promise<Memory>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Rejects when the server does not come up. `onProblem` hears of everything that it calls an error. */
export async function startFuzzedServer(onProblem: (text: string) => void): Promise<FuzzedServer> {
  const child = fork(fileURLToPath(new URL('server-process.ts', import.meta.url)), {
    execArgv: ['--expose-gc', '--disable-warning=TimeoutNegativeWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let exit: string | undefined;
  let stopping = false;
  child.once('exit', (code, signal) => {
    exit = `the server ended with ${code ?? signal}`;
    if (!stopping || code !== 0) onProblem(exit);
  });
  child.on('message', (message: ServerMessage) => {
    if (message.type === 'problem') onProblem(message.text);
  });
  const { url, adminUrl } = await inTime(answerOf(child, 'ready'), 'the start of the server');
  return {
    url,
    port: Number(new URL(url).port),
    get exit() {
      return exit;
    },
    memory() {
      const answer = answerOf(child, 'memory');
      ask(child, { type: 'memory' });
      return inTime(answer, 'the answer of the server to its parent');
    },
    async metrics() {
      return inTime(
        fetch(`${adminUrl}/metrics`).then((response) => response.text()),
        'a scrape',
      );
    },
    async stop() {
      stopping = true;
      if (exit !== undefined) return;
      const gone = once(child, 'exit');
      ask(child, { type: 'stop' });
      const kill = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await gone;
      clearTimeout(kill);
    },
  };
}

function ask(child: ChildProcess, question: ServerQuestion): void {
  child.send(question);
}

/** The next message of a type; rejects when the server ends first. */
function answerOf<Type extends ServerMessage['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<ServerMessage, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', heard);
      child.off('exit', ended);
    };
    const heard = (message: ServerMessage): void => {
      if (message.type !== type) return;
      settle();
      // The type parameter is the message's own.
      resolve(message as Extract<ServerMessage, { type: Type }>);
    };
    const ended = (): void => {
      settle();
      reject(new Error(`The fuzzed server ended before it said "${type}".`));
    };
    child.on('message', heard);
    child.once('exit', ended);
  });
}
