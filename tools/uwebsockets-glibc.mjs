// The uWebSockets.js binary asks the C library for version 2.38, and uses nothing of it: its compiler named the C23
// spellings of strtol, strtoul and sscanf (`__isoc23_strtol`, …), which differ from the old ones only in reading "0b101".
// On an older glibc the loader therefore refuses it. This file points those names back at the old spellings.
// It works on known binaries only: the SHA-256 before and after must be the recorded ones.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Linux binaries of uWebSockets.js 20.56.0 for Node 24 (ABI 137): SHA-256 as published, and with the names pointed back.
 * The fixed x64 binary is in daily use; the fixed arm64 one was made and inspected, but not run.
 */
export const KNOWN_BINARIES = [
  {
    file: 'uws_linux_x64_137.node',
    published: '9aa8b857ac4ab0bfb1245e948eeeacc904b13a3608c9a281d551c43c66bea66e',
    fixed: '0ff425dfe92ab9aceb6c15d8ef8408435fe3bed076dca62e93f5e1c1d1345d9f',
  },
  {
    file: 'uws_linux_arm64_137.node',
    published: 'ad0ffb42a119ee022ba1fc752d942e5a19b863ce47bfdc909cd1d5bc1363a7a6',
    fixed: '7a8680f1e6d7055da30777f8417bf2b03378f04cb731055ad0f5ca0845ad9ab9',
  },
];

/** The first glibc that has everything the published binary asks for. */
const SUFFICIENT_GLIBC = [2, 38];

/** @returns {string | undefined} the version of the running glibc; undefined where the C library is another one (musl, macOS) */
export function runningGlibc() {
  // Without this the report looks up every peer's host name, which can take seconds.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime;
}

/** @param {string} version such as "2.36" */
export function needsFix(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [sufficientMajor, sufficientMinor] = SUFFICIENT_GLIBC;
  return major < sufficientMajor || (major === sufficientMajor && minor < sufficientMinor);
}

/** The path of the binary that Node 24 loads on this machine. */
export function binaryPath(root, arch = process.arch) {
  return join(root, 'node_modules', 'uWebSockets.js', `uws_linux_${arch}_137.node`);
}

/**
 * Fixes one binary in place. The new file is written beside it and renamed, so that a process that has the old one mapped keeps it.
 * @returns {'fixed' | 'already fixed'}
 * @throws {Error} when the file is missing or is not one of the known binaries
 */
export function fixBinary(path, known = KNOWN_BINARIES) {
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: uWebSockets.js was not installed whole. Delete node_modules and start again.`);
  }
  const bytes = readFileSync(path);
  const hash = sha256(bytes);
  if (known.some((binary) => binary.fixed === hash)) return 'already fixed';
  const binary = known.find((candidate) => candidate.published === hash);
  if (binary === undefined) {
    throw new Error(
      `${path} has the unknown SHA-256 ${hash}. This glibc is older than ${SUFFICIENT_GLIBC.join('.')}, so the file would need a change before ` +
        'it loads, and only files that were inspected are changed (tools/uwebsockets-glibc.mjs lists them). ' +
        'Install the version that package-lock.json names, or use a system with a newer glibc (Debian 13 has one).',
    );
  }
  pointToOldNames(bytes);
  const result = sha256(bytes);
  if (result !== binary.fixed) {
    throw new Error(`Changing ${path} gave SHA-256 ${result} instead of ${binary.fixed}; the file was left as it was.`);
  }
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
  return 'fixed';
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

// ELF section types and sizes (System V ABI, and its GNU extension for symbol versions).
const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
const SHT_GNU_VERSYM = 0x6fffffff;
const SYMBOL_SIZE = 24;
const VER_FLG_WEAK = 2;
/** `__isoc23_strtol` without its first nine characters is `strtol`: one string serves both names. */
const NEW_NAME = /^__isoc23_(strtol|strtoul|sscanf)$/;
const NEW_NAME_PREFIX = '__isoc23_'.length;
/** The versions under which the old names were first published: x86-64, else arm64. */
const OLD_VERSIONS = ['GLIBC_2.2.5', 'GLIBC_2.17'];

/** Changes the bytes of a 64-bit little-endian ELF file in place. */
function pointToOldNames(bytes) {
  const sections = readSections(bytes);
  const symbols = sections.find((section) => section.type === SHT_DYNSYM);
  const symbolVersions = sections.find((section) => section.type === SHT_GNU_VERSYM);
  const neededVersions = sections.find((section) => section.type === SHT_GNU_VERNEED);
  if (symbols === undefined || symbolVersions === undefined || neededVersions === undefined) {
    throw new Error('the binary has no table of versioned symbols');
  }
  const strings = sections[symbols.link];
  const name = (offset) => bytes.toString('latin1', strings.offset + offset, bytes.indexOf(0, strings.offset + offset));

  const needs = readNeeds(bytes, neededVersions, name).filter((need) => need.library === 'libc.so.6');
  const [old] = OLD_VERSIONS.flatMap((version) => needs.filter((need) => need.version === version));
  const unmet = needs.filter((need) => need.version === `GLIBC_${SUFFICIENT_GLIBC.join('.')}`);
  if (old === undefined) throw new Error(`the binary needs none of ${OLD_VERSIONS.join(', ')}`);

  for (let index = 0; index < symbols.size / SYMBOL_SIZE; index += 1) {
    const versionAt = symbolVersions.offset + 2 * index;
    const version = bytes.readUInt16LE(versionAt) & 0x7fff;
    if (!unmet.some((need) => need.index === version)) continue;
    const symbolAt = symbols.offset + SYMBOL_SIZE * index;
    const nameAt = bytes.readUInt32LE(symbolAt);
    if (!NEW_NAME.test(name(nameAt))) throw new Error(`the binary needs the new symbol ${name(nameAt)}`);
    bytes.writeUInt32LE(nameAt + NEW_NAME_PREFIX, symbolAt);
    bytes.writeUInt16LE(old.index, versionAt);
  }
  // No symbol asks for the new version any more; weak says that the loader need not insist on it.
  for (const need of unmet) bytes.writeUInt16LE(bytes.readUInt16LE(need.at + 4) | VER_FLG_WEAK, need.at + 4);
}

function readSections(bytes) {
  const start = Number(bytes.readBigUInt64LE(0x28));
  const size = bytes.readUInt16LE(0x3a);
  const count = bytes.readUInt16LE(0x3c);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
      info: bytes.readUInt32LE(at + 44),
    };
  });
}

/** The version needs of every library, as one list; each chain ends with a step of 0. */
function readNeeds(bytes, section, name) {
  const needs = [];
  let libraryAt = section.offset;
  for (let libraries = 0; libraries < section.info; libraries += 1) {
    const library = name(bytes.readUInt32LE(libraryAt + 4));
    let at = libraryAt + bytes.readUInt32LE(libraryAt + 8);
    for (let versions = bytes.readUInt16LE(libraryAt + 2); versions > 0; versions -= 1) {
      needs.push({ library, at, index: bytes.readUInt16LE(at + 6), version: name(bytes.readUInt32LE(at + 8)) });
      at += bytes.readUInt32LE(at + 12);
    }
    libraryAt += bytes.readUInt32LE(libraryAt + 12);
  }
  return needs;
}
