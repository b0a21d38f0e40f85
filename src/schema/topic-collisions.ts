import { canCollide } from '../routing/collision.ts';
import { kafkaTopicIdentity } from '../routing/kafka-topic.ts';
import type { Topic } from '../routing/topic.ts';
import type { ProblemList } from './problem-list.ts';
import type { TopicPlan } from './topic-plan.ts';

/** A text to put in front of a colliding name. */
function ownName(topic: Topic): string {
  return `${topic.typeName.charAt(0).toLowerCase()}${topic.typeName.slice(1)}.${topic.name}`;
}

function checkPair(earlier: Topic, later: Topic, plan: TopicPlan, problems: ProblemList): void {
  const { declaration } = plan;
  if (canCollide(earlier.template, later.template)) {
    problems.add(
      declaration.name?.node,
      `"${later.name}" and "${earlier.name}" of ${earlier.typeName} can be the same topic`,
      `Give one of them a literal of its own, for example name: "${ownName(later)}".`,
    );
    return;
  }
  if (earlier.policy.delivery !== 'DURABLE' || later.policy.delivery !== 'DURABLE') return;
  const name = later.policy.kafkaTopic;
  // Empty names are reported by themselves.
  if (name === '' || kafkaTopicIdentity(name) !== kafkaTopicIdentity(earlier.policy.kafkaTopic)) return;
  const other = `"${earlier.policy.kafkaTopic}" of ${earlier.typeName}`;
  const message =
    name === earlier.policy.kafkaTopic
      ? `the Kafka topic "${name}" is also the one of ${earlier.typeName}`
      : `the Kafka topics "${name}" and ${other} differ in "." and "_" alone, which Kafka refuses`;
  const fix = `Name another: kafkaTopic: "${name}-${later.typeName.toLowerCase()}".`;
  problems.add(declaration.kafkaTopic?.node ?? declaration.name?.node, message, fix);
}

/**
 * Two types on one channel, stream key or Kafka topic are refused (design §8). Names are compared across deliveries too:
 * embedded logs and Redis keep all of them side by side..
 */
export function checkCollisions(plans: readonly TopicPlan[], problems: ProblemList): void {
  for (const [place, plan] of plans.entries()) {
    if (plan.topic === undefined) continue;
    for (const { topic: earlier } of plans.slice(0, place)) {
      if (earlier !== undefined) checkPair(earlier, plan.topic, plan, problems);
    }
  }
}
