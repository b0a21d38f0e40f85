import type { Random } from '../../support/random.ts';
import { type GraphqlRequest, graphqlRequest } from './documents.ts';
import { noise } from './frames.ts';
import { jsonText } from './json.ts';
import { mutateText } from './mutate.ts';
import { requestText } from './socket-messages.ts';

/** One request, and whether the server may wait for more of it. */
export interface RequestBytes {
  readonly bytes: Buffer;
  readonly ending: boolean;
}

const METHODS = [
  'GET',
  'POST',
  'POST',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'post',
  'X',
];
const PATHS = [
  '/graphql',
  '/graphql',
  '/graphql',
  '/graphql',
  '/',
  '/graphql/',
  '/graphql/../graphql',
  '/%67raphql',
  '//graphql',
  '/metrics',
  '/\u00e9',
  '/graphql?',
];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=latin1',
  'text/plain',
  'application/graphql',
  'multipart/form-data; boundary=x',
  '',
  'application/json, application/json',
];
const ACCEPTS = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'text/html',
  'application/graphql-response+json;q=0.5, */*;q=0',
  'text/event-stream;q=0.1, application/json',
  ';;',
  '',
];
const HEADERS = [
  'Origin: https://evil.example',
  'Origin: null',
  'Cookie: a=b',
  'X-Request-Id: 1',
  'Expect: 100-continue',
  'Accept-Encoding: gzip',
  'Connection: close',
  'Upgrade: h2c',
  'Range: bytes=0-1',
  'Last-Event-ID: no cursor',
  'Sec-Fetch-Site: cross-site',
  'X-Forwarded-For: 1.2.3.4, é',
  `X-Long: ${'y'.repeat(1500)}`,
  'Access-Control-Request-Method: POST',
  'Content-Encoding: gzip',
  'traceparent: 00-x',
  '__proto__: x',
  'constructor: y',
];

/** A request for the HTTP side: sound ones, odd ones, and a few whose framing lies. */
export function httpRequest(random: Random, pool: readonly GraphqlRequest[]): RequestBytes {
  const choice = random.below(100);
  if (choice < 15) return { bytes: getRequest(random, pool, random.pick(ACCEPTS)), ending: false };
  if (choice < 60) return { bytes: post(random, body(random, pool), random.pick(ACCEPTS)), ending: false };
  if (choice < 70) return { bytes: chunkedPost(random, body(random, pool)), ending: false };
  if (choice < 94) return { bytes: oddRequest(random, body(random, pool)), ending: false };
  return { bytes: brokenRequest(random, body(random, pool)), ending: true };
}

/** A request for an event stream. */
export function eventStreamRequest(random: Random, pool: readonly GraphqlRequest[]): RequestBytes {
  const accept = random.pick([
    'text/event-stream',
    'text/event-stream',
    'text/event-stream, application/json;q=0.5',
    'TEXT/EVENT-STREAM;q=1',
  ]);
  if (random.chance(0.4)) return { bytes: getRequest(random, pool, accept), ending: false };
  return { bytes: post(random, body(random, pool), accept), ending: false };
}

function body(random: Random, pool: readonly GraphqlRequest[]): Buffer {
  const choice = random.below(20);
  if (choice === 0) return noise(random, random.below(200));
  if (choice === 1) return Buffer.from(jsonText(random));
  const text = requestText(random, pool);
  return Buffer.from(choice < 4 ? mutateText(random, text) : text);
}

function heading(first: string, headers: readonly string[]): Buffer {
  // Latin-1, so that every character is one byte of the head.
  return Buffer.from(`${first}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`, 'latin1');
}

function more(random: Random): readonly string[] {
  return random.chance(0.3) ? [random.pick(HEADERS.slice(0, 3)), random.pick(HEADERS.slice(9))] : [];
}

function post(random: Random, content: Buffer, accept: string): Buffer {
  const headers = [
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Accept: ${accept}`,
    `Content-Length: ${content.length}`,
  ];
  return Buffer.concat([heading('POST /graphql HTTP/1.1', [...headers, ...more(random)]), content]);
}

function getRequest(random: Random, pool: readonly GraphqlRequest[], accept: string): Buffer {
  const { query, variables } = random.chance(0.6) ? random.pick(pool) : graphqlRequest(random);
  const parameters = [`query=${random.chance(0.05) ? query.replaceAll(/\s/g, '+') : encode(query)}`];
  if (variables !== undefined) parameters.push(`variables=${encode(variables)}`);
  if (random.chance(0.1))
    parameters.push(
      random.pick(['query=x', 'operationName=S', 'extensions=%7B%7D', 'a=%', '%E9=1', '&&==', 'variables={']),
    );
  const path = `/graphql?${parameters.join('&')}`;
  return heading(`GET ${path.slice(0, random.chance(0.9) ? 3000 : 1900)} HTTP/1.1`, [
    'Host: 127.0.0.1',
    `Accept: ${accept}`,
    ...more(random),
  ]);
}

/** A lone surrogate has no bytes of its own. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function chunkedPost(random: Random, content: Buffer): Buffer {
  const parts = [
    heading('POST /graphql HTTP/1.1', [
      'Host: 127.0.0.1',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ]),
  ];
  for (let at = 0; at < content.length; ) {
    const piece = content.subarray(at, at + 1 + random.below(400));
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function oddRequest(random: Random, content: Buffer): Buffer {
  const method = random.pick(METHODS);
  const withBody = !['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method) || random.chance(0.1);
  const headers = ['Host: 127.0.0.1', `Content-Type: ${random.pick(TYPES)}`, `Accept: ${random.pick(ACCEPTS)}`];
  for (let left = random.below(4); left > 0; left -= 1) headers.push(random.pick(HEADERS));
  if (withBody) headers.push(`Content-Length: ${content.length}`);
  return Buffer.concat([
    heading(`${method} ${random.pick(PATHS)} HTTP/1.1`, headers),
    withBody ? content : Buffer.alloc(0),
  ]);
}

/** Framing that lies, heads that are none. */
function brokenRequest(random: Random, content: Buffer): Buffer {
  const type = 'Content-Type: application/json';
  switch (random.below(9)) {
    case 0:
      return Buffer.concat([
        heading('POST /graphql HTTP/1.1', ['Host: a', type, `Content-Length: ${content.length + 10}`]),
        content,
      ]);
    case 1:
      return Buffer.concat([
        heading('POST /graphql HTTP/1.1', ['Host: a', type, 'Content-Length: 5', 'Content-Length: 6']),
        content,
      ]);
    case 2:
      return Buffer.concat([
        heading('POST /graphql HTTP/1.1', ['Host: a', type, 'Content-Length: 5', 'Transfer-Encoding: chunked']),
        content,
      ]);
    case 3:
      return Buffer.concat([
        heading('POST /graphql HTTP/1.1', ['Host: a', type, 'Transfer-Encoding: chunked']),
        Buffer.from(random.pick(['ffffffffffffffff\r\nx', '-1\r\n', 'zz\r\n\r\n', '5\r\nab', '0;a=b\r\n\r\n'])),
      ]);
    case 4:
      return noise(random, 10 + random.below(300));
    case 5:
      return heading(`GET /graphql?query=${'x'.repeat(5000)} HTTP/1.1`, ['Host: a']);
    case 6:
      return heading('GET /graphql HTTP/1.1', [
        'Host: a',
        ...Array.from({ length: 200 }, (_, at) => `H${at}: ${'v'.repeat(40)}`),
      ]);
    case 7:
      return heading(
        random.pick([
          'GET /graphql HTTP/0.9',
          'GET /graphql HTTP/2.0',
          'GET',
          'POST  /graphql HTTP/1.1',
          'PRI * HTTP/2.0',
        ]),
        ['Host a', ': x', 'Content-Length: 99999999999999999999'],
      );
    default:
      return Buffer.from(mutateText(random, post(random, content, '*/*').toString('latin1')), 'latin1');
  }
}
