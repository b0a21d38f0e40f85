// A real Apache Kafka for tests and demos, without a container: the jars come from Maven Central and one Java process is the broker.
// Plain JavaScript that runs on Node 20 and later, so that it works before the project's own Node is there.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KAFKA_VERSION = '4.3.1';
const LOG4J_VERSION = '2.25.3';
const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const STARTED = 'Kafka Server started';
const START_DEADLINE_MS = 90_000;
const CLUSTER_ID = 'U2x1aWNlLXRlc3Qta2Fma2E';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sluice</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${LOG4J_VERSION}</version></dependency>
  </dependencies>
</project>
`;

/** Brokers log to standard output; the console tools must keep it free for their answers. */
const BROKER_LOGGING = `rootLogger.level = INFO
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
`;
const TOOL_LOGGING = `rootLogger.level = ERROR
rootLogger.appenderRef.err.ref = err
appender.err.type = Console
appender.err.name = err
appender.err.target = SYSTEM_ERR
appender.err.layout.type = PatternLayout
appender.err.layout.pattern = %p %m%n
`;

/**
 * Brings a ready-to-run Kafka into the cache folder, once: some 54 MB of jars, a format checkpoint and a class-data archive
 * that makes later starts take a second or two. Safe to call again at any time; parts that are there are kept.
 *
 * @param {string} cacheFolder where the versioned folder goes, for example `~/.cache/sluice`
 * @returns {Promise<string>} the folder to give to `startKafka`
 */
export async function ensureKafka(cacheFolder) {
  const java = await requireJava();
  const home = join(cacheFolder, `kafka-${KAFKA_VERSION}`);
  if (!existsSync(join(home, 'libs'))) await fetchJars(cacheFolder, home);
  if (!existsSync(join(home, 'bootstrap.checkpoint'))) await makeCheckpoint(home);
  if (!existsSync(join(home, archiveName(java)))) await makeArchive(home, java);
  return home;
}

/**
 * Starts one broker (KRaft, controller included) on loopback ports and waits until it serves.
 * It is killed when this process ends.
 *
 * @param {object} options
 * @param {string} options.kafkaHome the answer of `ensureKafka`
 * @param {string} options.folder data and `broker.log` go here; a folder used before continues with its data
 * @param {number} [options.port] port of the plain listener; default a free one
 * @param {number} [options.proxiedPort] port of a second listener named PROXIED
 * @param {number} [options.proxyListenerPort] the port at which a proxy before PROXIED listens, which that listener advertises
 * @param {Record<string, string | number>} [options.overrides] further lines of server.properties
 * @returns {Promise<{brokers: string, port: number, pid: number, stop: () => Promise<void>, kill: () => Promise<void>}>}
 *   `brokers` is `host:port`; `stop` ends it in order (seconds), `kill` at once
 */
export async function startKafka(options) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // A free port may be taken by somebody else before Kafka gets to it, or be found free twice.
      if (attempt >= 3 || !/Address already in use|two listeners on the same port/.test(String(error))) throw error;
    }
  }
}

async function startOnce(options) {
  const java = await requireJava();
  const { kafkaHome, folder, overrides = {} } = options;
  const port = options.port ?? (await freePort());
  const controllerPort = await freePort();
  const logs = join(folder, 'logs');
  await formatLogs(kafkaHome, logs);
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`];
  const advertised = [`PLAINTEXT://127.0.0.1:${port}`];
  if (options.proxiedPort !== undefined) {
    listeners.push(`PROXIED://127.0.0.1:${options.proxiedPort}`);
    advertised.push(`PROXIED://127.0.0.1:${options.proxyListenerPort ?? options.proxiedPort}`);
  }
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: listeners.join(','),
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logs,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 4194304,
    // A killed broker cannot register again until its session ends.
    'broker.session.timeout.ms': 1000,
    'broker.heartbeat.interval.ms': 300,
    ...overrides,
  };
  const properties = join(folder, 'server.properties');
  await writeFile(properties, propertiesText(settings));
  const logFile = join(folder, 'broker.log');
  const child = await spawnBroker(kafkaHome, java, properties, logFile, []);
  await waitUntilStarted(child, logFile);
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    pid: child.pid,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

/**
 * Runs one of Kafka's console tools by its Java class, for example `org.apache.kafka.tools.TopicCommand`.
 *
 * @param {string} kafkaHome the answer of `ensureKafka`
 * @param {string} mainClass
 * @param {readonly string[]} args
 * @param {string} [input] text for its standard input
 * @returns {Promise<string>} what it wrote to standard output; rejects with its error text when it fails
 */
export async function runKafkaTool(kafkaHome, mainClass, args, input = '') {
  const logging = `-Dlog4j2.configurationFile=${join(kafkaHome, 'log4j2-tool.properties')}`;
  const flags = [
    '-Dfile.encoding=UTF-8',
    '-Xmx128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    logging,
  ];
  const child = spawn('java', [...flags, '-cp', await classPath(kafkaHome), mainClass, ...args]);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${mainClass} ended with ${code}: ${errors || output}`);
  return output;
}

/** A TCP port of the loopback interface that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function fetchJars(cacheFolder, home) {
  try {
    await run('mvn', ['-v']);
  } catch {
    throw new Error(missing('Maven (the command mvn)', 'maven', 'maven'));
  }
  await mkdir(cacheFolder, { recursive: true });
  const staging = await mkdtemp(join(cacheFolder, 'kafka-download-'));
  const project = await mkdtemp(join(tmpdir(), 'sluice-kafka-pom-'));
  try {
    await writeFile(join(project, 'pom.xml'), POM);
    const libs = join(staging, 'libs');
    const goal = [`${DEPENDENCY_PLUGIN}:copy-dependencies`, `-DoutputDirectory=${libs}`, '-DincludeScope=runtime'];
    try {
      await run('mvn', ['-B', '-q', '-f', join(project, 'pom.xml'), ...goal], { cwd: project, maxBuffer: 1 << 24 });
    } catch (error) {
      const text = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().slice(-2000);
      throw new Error(`Maven could not fetch Kafka ${KAFKA_VERSION} from Maven Central: ${text}`);
    }
    await writeFile(join(staging, 'log4j2.properties'), BROKER_LOGGING);
    await writeFile(join(staging, 'log4j2-tool.properties'), TOOL_LOGGING);
    await renameUnlessThere(staging, home);
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(project, { recursive: true, force: true });
  }
}

/** Formatting costs a JVM start each time, so it is done once and its checkpoint is copied into every new log folder. */
async function makeCheckpoint(home) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kafka-format-'));
  try {
    const properties = join(folder, 'server.properties');
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.voters': '1@127.0.0.1:1',
      'controller.listener.names': 'CONTROLLER',
      listeners: 'PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1',
      'log.dirs': join(folder, 'logs'),
    };
    await writeFile(properties, propertiesText(settings));
    await runKafkaTool(home, 'kafka.tools.StorageTool', ['format', '-t', CLUSTER_ID, '-c', properties]);
    const part = join(home, `bootstrap.checkpoint.${process.pid}`);
    await copyFile(join(folder, 'logs', 'bootstrap.checkpoint'), part);
    await rename(part, join(home, 'bootstrap.checkpoint'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One start and stop of a broker that leaves its loaded classes behind as an archive, for this version of Java. */
async function makeArchive(home, java) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kafka-archive-'));
  try {
    const part = join(folder, 'kafka.jsa');
    const broker = await startKafkaForArchive(home, java, folder, part);
    await end(broker, 'SIGTERM');
    if (!existsSync(part)) return; // This Java cannot archive classes: starts are slower, nothing else.
    const staged = join(home, `${archiveName(java)}.${process.pid}`);
    await copyFile(part, staged);
    await rename(staged, join(home, archiveName(java)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startKafkaForArchive(home, java, folder, archive) {
  const logs = join(folder, 'logs');
  await formatLogs(home, logs);
  const [port, controllerPort] = [await freePort(), await freePort()];
  const properties = join(folder, 'server.properties');
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'log.dirs': logs,
  };
  await writeFile(properties, propertiesText(settings));
  const logFile = join(folder, 'broker.log');
  const child = await spawnBroker(home, java, properties, logFile, [`-XX:ArchiveClassesAtExit=${archive}`]);
  await waitUntilStarted(child, logFile);
  return child;
}

async function formatLogs(home, logs) {
  if (existsSync(join(logs, 'meta.properties'))) return;
  await mkdir(logs, { recursive: true });
  await copyFile(join(home, 'bootstrap.checkpoint'), join(logs, 'bootstrap.checkpoint'));
  const meta = { version: 1, 'cluster.id': CLUSTER_ID, 'node.id': 1, 'directory.id': directoryId() };
  await writeFile(join(logs, 'meta.properties'), propertiesText(meta));
}

/** A UUID as Kafka writes it. Kafka refuses ids that begin with a dash. */
function directoryId() {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? directoryId() : id;
}

async function spawnBroker(home, java, properties, logFile, flags) {
  const archive = join(home, archiveName(java));
  const sharing = flags.length > 0 ? flags : existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
  const jvm = ['-Xmx256m', '-Xms256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...sharing];
  const logging = `-Dlog4j2.configurationFile=${join(home, 'log4j2.properties')}`;
  const output = openSync(logFile, 'w');
  try {
    const child = spawn('java', [...jvm, logging, '-cp', await classPath(home), 'kafka.Kafka', properties], {
      stdio: ['ignore', output, output],
    });
    const killAtExit = () => child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('exit', () => process.removeListener('exit', killAtExit));
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

async function waitUntilStarted(child, logFile) {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes(STARTED)) return;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Kafka ended while it started; the end of ${logFile}:\n${log.slice(-3000)}`);
    }
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(
        `Kafka did not start within ${START_DEADLINE_MS / 1000} s; the end of ${logFile}:\n${log.slice(-3000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.ref();
    child.once('exit', () => resolve());
    child.kill(signal);
    if (signal === 'SIGKILL') child.kill('SIGCONT');
  });
}

/** All jars in a fixed order: the class-data archive is good for one class path only. */
async function classPath(home) {
  const libs = join(home, 'libs');
  const jars = (await readdir(libs)).filter((name) => name.endsWith('.jar')).sort();
  return jars.map((jar) => join(libs, jar)).join(delimiter);
}

function archiveName(java) {
  return `kafka-java-${java.replaceAll(/[^0-9A-Za-z.]/g, '_')}.jsa`;
}

/** Backslashes are the one thing in our values that the format would change. */
function propertiesText(settings) {
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}`)
    .join('\n')}\n`;
}

async function renameUnlessThere(from, to) {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(join(to, 'libs'))) throw error; // Otherwise another process was faster.
  }
}

let javaVersion;

/** The version of the Java on PATH, at least 17. */
function requireJava() {
  javaVersion ??= run('java', ['-version']).then(
    ({ stderr, stdout }) => {
      const version = /version "([^"]+)"/.exec(`${stderr}${stdout}`)?.[1] ?? 'unknown';
      if (Number.parseInt(version, 10) >= 17) return version;
      throw new Error(`Java ${version} is on PATH. ${missing('Java 17 or newer', 'default-jre-headless', 'openjdk')}`);
    },
    () => {
      throw new Error(missing('Java 17 or newer (the command java)', 'default-jre-headless', 'openjdk'));
    },
  );
  javaVersion.catch(() => {
    javaVersion = undefined;
  });
  return javaVersion;
}

function missing(what, aptPackage, brewPackage) {
  const commands = {
    linux: `apt-get install -y ${aptPackage} (as root, on Debian and Ubuntu)`,
    darwin: `brew install ${brewPackage}`,
  };
  const how = commands[process.platform] ?? 'your package manager';
  return `A local Apache Kafka needs ${what}, which is not on PATH. Install it with: ${how}.`;
}
