import { Random } from '../support/random.ts';
import { graphqlRequest } from './grammar/documents.ts';
import { eventStreamRequest, httpRequest } from './grammar/http-requests.ts';
import { RawSocket, type WaitEnd } from './raw-socket.ts';
import type { Tally } from './tally.ts';
import { ANSWER_DEADLINE_MS } from './websocket-session.ts';

/** A whole head of a response that is no `100 Continue`. */
const ANSWER = /HTTP\/1\.1 [2-5]\d\d [\s\S]*\r\n\r\n/;

/** May nothing follow a request on its connection? Either side may have said so; an event stream leaves no room either. */
function isLast(requestAndAnswer: string): boolean {
  return /\r\n(connection: close|content-type: text\/event-stream)/i.test(requestAndAnswer);
}

/** One HTTP connection with bursts of requests: pipelined, or each after the answer to the one before. */
export async function httpSession(port: number, seed: number, name: string, tally: Tally): Promise<void> {
  const random = new Random(seed);
  const pool = Array.from({ length: 4 }, () => graphqlRequest(random));
  const socket = await RawSocket.open(port);
  let answers = '';
  socket.onData = (chunk) => {
    answers += chunk.toString('latin1');
  };
  const pipelined = random.chance(0.5);
  try {
    for (let burst = 1 + random.below(5); burst > 0; burst -= 1) {
      answers = '';
      let end: WaitEnd = 'held';
      for (let left = 1 + random.below(8); left > 0 && end === 'held'; left -= 1) {
        const { bytes, ending } = httpRequest(random, pool);
        tally.sent(ending ? 'broken HTTP request' : pipelined ? 'pipelined HTTP request' : 'HTTP request');
        const before = answers.length;
        socket.write(bytes);
        if (ending) end = await closesWithUs(socket);
        else if (!pipelined) {
          end = await socket.waitFor(() => ANSWER.test(answers.slice(before)), ANSWER_DEADLINE_MS);
          if (end !== 'held') {
            tally.problem(`${name}: ${end} without an answer to ${JSON.stringify(bytes.toString('latin1'))}`);
          }
          if (isLast(bytes.toString('latin1') + answers.slice(before))) end = 'closed';
        }
      }
      // uWebSockets.js closes a connection on which a request comes while an earlier one still runs.
      if (end === 'held') end = await answersMarker(socket, burst, () => answers);
      for (const answer of answers.split(/(?=HTTP\/1\.1 \d\d\d )/)) judgeAnswer(name, answer, tally);
      if (end === 'late') tally.problem(`${name}: burst ${burst} was neither answered nor its connection closed`);
      if (end !== 'held') break;
    }
  } finally {
    socket.destroy();
  }
}

/** One HTTP connection that asks for an event stream, and goes away at some time. */
export async function eventStreamSession(port: number, seed: number, name: string, tally: Tally): Promise<void> {
  const random = new Random(seed);
  const pool = Array.from({ length: 2 }, () => graphqlRequest(random));
  const socket = await RawSocket.open(port);
  let answer = '';
  socket.onData = (chunk) => {
    answer += chunk.toString('latin1');
  };
  try {
    for (let left = random.pick([1, 1, 1, 2, 4]); left > 0; left -= 1) {
      tally.sent('event stream request');
      socket.write(eventStreamRequest(random, pool).bytes);
    }
    const end = await socket.waitFor(() => answer.includes('\r\n\r\n'), ANSWER_DEADLINE_MS);
    if (end === 'late') tally.problem(`${name}: no answer`);
    if (random.chance(0.3)) socket.write(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    // Some go without a word.
    if (end === 'held' && random.chance(0.5)) {
      if ((await closesWithUs(socket)) === 'late')
        tally.problem(`${name}: the server did not close after the client did`);
    }
    judgeAnswer(name, answer, tally);
  } finally {
    socket.destroy();
  }
}

function judgeAnswer(name: string, answer: string, tally: Tally): void {
  const status = /^HTTP\/1\.1 (\d\d\d)/.exec(answer)?.[1];
  if (status !== undefined) tally.count(`status: ${status}`);
  tally.judge(name, answer);
}

function answersMarker(socket: RawSocket, marker: number, answers: () => string): ReturnType<RawSocket['waitFor']> {
  const body = `{"query":"{ m${marker}: __typename }"}`;
  socket.write(
    Buffer.from(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  return socket.waitFor(() => answers().includes(`{"data":{"m${marker}":"Query"}}`), ANSWER_DEADLINE_MS);
}

function closesWithUs(socket: RawSocket): ReturnType<RawSocket['waitFor']> {
  socket.end();
  return socket.waitFor(() => false, ANSWER_DEADLINE_MS);
}
