import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isJsonContentType } from '../../../src/protocol/http/media-type.ts';

const ACCEPTED = [
  'application/json',
  'Application/JSON',
  'application/json;charset=utf-8',
  'application/json; charset=UTF-8',
  'application/json; charset="utf-8"',
  'application/json;',
];

const REFUSED = [
  '',
  'text/plain',
  'text/plain; a=application/json',
  'text/plain; a="application/json"',
  'text/plain;application/json',
  'text/plain, application/json',
  'application/json, text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=application/json',
  'application/jsonp',
  'application/graphql',
  'application/json; charset=utf-16',
  'application/json; charset=iso-8859-1',
  'application/json; charset',
  'application /json',
];

describe('Content-Type', () => {
  for (const type of ACCEPTED) {
    it(`P65: "${type}" is JSON`, () => {
      assert.equal(isJsonContentType(type), true);
    });
  }
  for (const type of REFUSED) {
    it(`P65, A2: "${type}" is not`, () => {
      assert.equal(isJsonContentType(type), false);
    });
  }
});
