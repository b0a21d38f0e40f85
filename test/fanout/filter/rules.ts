import type { JsonObject } from '../../../src/json/value.ts';

/** Rule by rule: filter, events that pass, events that do not. */
export const RULES: readonly {
  readonly rule: string;
  readonly where: string;
  readonly passing: readonly JsonObject[];
  readonly failing: readonly JsonObject[];
}[] = [
  { rule: 'an empty filter passes everything', where: '{}', passing: [{}, { magnitude: 'broken' }], failing: [] },
  {
    rule: 'all members must hold',
    where: '{"magnitude":{"gte":4,"lt":6},"stations":{"gt":2}}',
    passing: [{ magnitude: 4, stations: 3 }],
    failing: [
      { magnitude: 4, stations: 2 },
      { magnitude: 6, stations: 3 },
    ],
  },
  {
    rule: 'eq',
    where: '{"magnitude":{"eq":4.5}}',
    passing: [{ magnitude: 4.5 }],
    failing: [{ magnitude: 4 }, { magnitude: null }, {}],
  },
  {
    rule: 'ne is false for null and absent',
    where: '{"magnitude":{"ne":4}}',
    passing: [{ magnitude: 5 }],
    failing: [{ magnitude: 4 }, { magnitude: null }, {}],
  },
  {
    rule: 'in',
    where: '{"status":{"in":["REVIEWED"]}}',
    passing: [{ status: 'REVIEWED' }],
    failing: [{ status: 'AUTOMATIC' }, { status: null }, {}],
  },
  { rule: 'in an empty list is false', where: '{"id":{"in":[]}}', passing: [], failing: [{ id: '1' }, {}] },
  {
    rule: 'gt and lte',
    where: '{"stations":{"gt":1,"lte":3}}',
    passing: [{ stations: 2 }, { stations: 3 }],
    failing: [{ stations: 1 }, { stations: 4 }, {}],
  },
  {
    rule: 'text is ordered by code unit',
    where: '{"network":{"gte":"b"}}',
    passing: [{ network: 'b' }, { network: 'é' }],
    failing: [{ network: 'Z' }, { network: 'a' }],
  },
  {
    rule: 'startsWith and contains',
    where: '{"network":{"startsWith":"us","contains":"-x"}}',
    passing: [{ network: 'us-x' }],
    failing: [{ network: 'us' }, { network: 'n-us-x' }, { network: null }],
  },
  {
    rule: 'exists true',
    where: '{"place":{"name":{"exists":true}}}',
    passing: [{ place: { name: '' } }],
    failing: [{ place: { name: null } }, { place: {} }, { place: null }, {}],
  },
  {
    rule: 'exists false',
    where: '{"magnitude":{"exists":false}}',
    passing: [{}, { magnitude: null }],
    failing: [{ magnitude: 0 }],
  },
  {
    rule: 'exists asks for the field: an empty list exists',
    where: '{"tags":{"exists":true}}',
    passing: [{ tags: [] }, { tags: ['a'] }],
    failing: [{ tags: null }, {}],
  },
  {
    rule: 'exists and a comparison both hold',
    where: '{"tags":{"exists":true,"eq":"a"}}',
    passing: [{ tags: ['b', 'a'] }],
    failing: [{ tags: [] }, { tags: null }],
  },
  {
    rule: 'exists false and a comparison never hold together',
    where: '{"tags":{"exists":false,"ne":"a"}}',
    passing: [],
    failing: [{}, { tags: [] }, { tags: ['b'] }],
  },
  {
    rule: 'a null operand is a comparison with null',
    where: '{"magnitude":{"eq":null}}',
    passing: [],
    failing: [{}, { magnitude: null }, { magnitude: 1 }],
  },
  {
    rule: 'so is ne null',
    where: '{"magnitude":{"ne":null}}',
    passing: [],
    failing: [{}, { magnitude: null }, { magnitude: 1 }],
  },
  {
    rule: 'and in null, and exists null',
    where: '{"or":[{"id":{"in":null}},{"id":{"exists":null}}]}',
    passing: [],
    failing: [{ id: '1' }, {}],
  },
  {
    rule: 'null in place of a filter is no condition',
    where: '{"magnitude":null,"and":null,"or":null,"not":null}',
    passing: [{}, { magnitude: 1 }],
    failing: [],
  },
  {
    rule: 'or holds if one does',
    where: '{"or":[{"magnitude":{"gt":6}},{"status":{"eq":"REVIEWED"}}]}',
    passing: [{ magnitude: 7 }, { status: 'REVIEWED' }],
    failing: [{ magnitude: 6 }, {}],
  },
  { rule: 'or of nothing is false', where: '{"or":[]}', passing: [], failing: [{}, { magnitude: 1 }] },
  { rule: 'and of nothing is true', where: '{"and":[]}', passing: [{}], failing: [] },
  {
    rule: 'or beside a field: both hold',
    where: '{"magnitude":{"gte":4},"or":[{"id":{"eq":"1"}},{"id":{"eq":"2"}}]}',
    passing: [{ magnitude: 4, id: '2' }],
    failing: [
      { magnitude: 3, id: '2' },
      { magnitude: 4, id: '3' },
    ],
  },
  {
    rule: 'not turns false of null into true',
    where: '{"not":{"magnitude":{"gt":4}}}',
    passing: [{ magnitude: 4 }, { magnitude: null }, {}],
    failing: [{ magnitude: 5 }],
  },
  {
    rule: 'nested objects nest; an absent one holds nothing',
    where: '{"place":{"country":{"ne":"CL"}}}',
    passing: [{ place: { country: 'PE' } }],
    failing: [{ place: { country: 'CL' } }, { place: null }, {}, { place: 'PE' }, { place: [{ country: 'PE' }] }],
  },
  {
    rule: 'logic nests in nested objects',
    where: '{"place":{"or":[{"name":{"eq":"a"}},{"not":{"country":{"eq":"CL"}}}]}}',
    passing: [{ place: { name: 'a', country: 'CL' } }, { place: { country: 'PE' } }],
    failing: [{ place: { country: 'CL' } }, {}],
  },
  {
    rule: 'a list holds a condition if one element does',
    where: '{"tags":{"startsWith":"a"}}',
    passing: [{ tags: ['b', 'ab'] }],
    failing: [{ tags: ['b'] }, { tags: [] }, { tags: null }, { tags: 'ab' }],
  },
  {
    rule: 'one element holds all operators',
    where: '{"tags":{"startsWith":"a","contains":"z"}}',
    passing: [{ tags: ['az'] }],
    failing: [{ tags: ['a', 'z'] }],
  },
  {
    rule: 'lists of lists',
    where: '{"grid":{"eq":3}}',
    passing: [{ grid: [[1], null, [2, 3]] }],
    failing: [{ grid: [[1], []] }, { grid: [3] }],
  },
  {
    rule: 'a list of objects: one element holds all',
    where: '{"reports":{"name":{"eq":"a"},"country":{"eq":"CL"}}}',
    passing: [{ reports: [{ name: 'b' }, { name: 'a', country: 'CL' }] }],
    failing: [
      {
        reports: [
          { name: 'a', country: 'PE' },
          { name: 'b', country: 'CL' },
        ],
      },
      { reports: [] },
    ],
  },
  {
    rule: 'ID compares by text: 42 is "42"',
    where: '{"id":{"eq":42}}',
    passing: [{ id: '42' }, { id: 42 }, { id: 42n }],
    failing: [{ id: '042' }, { id: 4.2 }, { id: true }, { id: {} }],
  },
  {
    rule: 'large IDs compare digit by digit',
    where: '{"id":{"in":["9007199254740993"]}}',
    passing: [{ id: 9007199254740993n }, { id: '9007199254740993' }],
    failing: [{ id: 9007199254740992n }],
  },
  {
    rule: 'DateTime compares as an instant',
    where: '{"at":{"eq":"2026-11-20T08:30:00Z"}}',
    passing: [{ at: '2026-11-20T09:30:00+01:00' }, { at: '2026-11-20T08:30:00.000Z' }],
    failing: [{ at: '2026-11-20T08:30:01Z' }, { at: 'yesterday' }, { at: 1 }, {}],
  },
  {
    rule: 'DateTime is ordered by instant, not by text',
    where: '{"at":{"lt":"2026-11-20T08:30:00Z"}}',
    passing: [{ at: '2026-11-20T09:29:00+01:00' }],
    failing: [{ at: '2026-11-20T08:00:00-01:00' }, { at: 'x' }],
  },
  {
    rule: 'Long compares as an integer',
    where: '{"sequence":{"gt":"9007199254740992"}}',
    passing: [{ sequence: 9007199254740993n }, { sequence: '9007199254740993' }, { sequence: '10000000000000000' }],
    failing: [{ sequence: 9007199254740992n }, { sequence: '9' }, { sequence: '9e99' }],
  },
  {
    rule: 'Long: text and number are one',
    where: '{"sequence":{"in":[7]}}',
    passing: [{ sequence: 7 }, { sequence: '7' }, { sequence: 7n }],
    failing: [{ sequence: '07' }, { sequence: 7.5 }],
  },
  {
    rule: 'Timestamp compares as a number',
    where: '{"received":{"gte":1000}}',
    passing: [{ received: 1000 }],
    failing: [{ received: 999 }, { received: '1001' }, {}],
  },
  {
    rule: 'Boolean',
    where: '{"reviewed":{"ne":true}}',
    passing: [{ reviewed: false }],
    failing: [{ reviewed: true }, { reviewed: null }, {}],
  },
  {
    rule: 'a Float that an event writes with many digits is the nearest double',
    where: '{"magnitude":{"eq":9007199254740992}}',
    passing: [{ magnitude: 9007199254740992 }, { magnitude: 9007199254740993n }],
    failing: [{ magnitude: 9007199254740995n }],
  },
  {
    rule: 'a scalar of the user compares as JSON',
    where: '{"price":{"eq":{"amount":12,"in":["EUR"]}}}',
    passing: [{ price: { in: ['EUR'], amount: 12 } }],
    failing: [{ price: { amount: 12 } }, { price: { amount: 12, in: ['USD'] } }, { price: 12 }],
  },
  {
    rule: 'a scalar of the user: in and ne',
    where: '{"price":{"in":[[1],"x"],"ne":"x"}}',
    passing: [{ price: [1] }],
    failing: [{ price: 'x' }, { price: [1, 2] }, {}],
  },
  {
    rule: 'a union has the fields of all its members',
    where: '{"source":{"name":{"contains":"geo"}}}',
    passing: [{ source: { __typename: 'Agency', name: 'geophysics' } }, { source: { name: 'geo' } }],
    failing: [{ source: { name: 'ann' } }, {}],
  },
];
