import { row, testRefusals } from './refusals.ts';

testRefusals([
  row(
    'two topics that can collide',
    'type A @topic(name: "chat.{id}", delivery: EPHEMERAL) { id: ID! }\ntype B @topic(name: "chat.lobby", delivery: BUFFERED) { id: ID! }',
    2,
    '"chat.lobby"',
    /"chat.lobby" and "chat.\{id\}" of A can be the same/,
    /name: "b\.chat\.lobby"/,
  ),
  row(
    'one Kafka topic for two types',
    'type A @topic(name: "x.{id}", delivery: DURABLE) { id: ID! }\ntype B @topic(name: "b", delivery: DURABLE, kafkaTopic: "x") { id: ID! }',
    2,
    '"x"',
    /"x" is also the one of A/,
    /kafkaTopic: "x-b"/,
  ),
  row(
    'Kafka topics that differ in "." and "_"',
    'type A @topic(name: "x.y", delivery: DURABLE) { id: ID! }\ntype B @topic(name: "x_y", delivery: DURABLE) { id: ID! }',
    2,
    '"x_y"',
    /which Kafka refuses/,
    /kafkaTopic:/,
  ),
]);
