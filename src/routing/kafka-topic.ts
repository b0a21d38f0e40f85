import type { TopicTemplate } from './template.ts';

const SEPARATOR = /[._:-]/;

/**
 * The Kafka topic of a template: its literals, without the parameters and one adjacent separator each, the one before it
 * if there is one (design §8): `tenants.{t}.orders` is `tenants.orders`. Not checked; see `kafkaTopicProblem`.
 */
export function kafkaTopicName(template: TopicTemplate): string {
  let name = '';
  let separatorIsDue = false;
  for (const part of template.parts) {
    if (part.type === 'literal') {
      name += separatorIsDue && SEPARATOR.test(part.text.charAt(0)) ? part.text.slice(1) : part.text;
      separatorIsDue = false;
    } else if (SEPARATOR.test(name.charAt(name.length - 1))) {
      name = name.slice(0, -1);
    } else {
      separatorIsDue = true;
    }
  }
  return name;
}

/** Why a name cannot be a Kafka topic (A50), in words that follow the name; undefined when it can. */
export function kafkaTopicProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > 249) return `has ${name.length} characters; Kafka allows 249`;
  if (name === '.' || name === '..') return 'is not a name that Kafka allows';
  if (name.startsWith('__')) return 'begins with "__", which Kafka keeps for itself';
  const wrong = /[^A-Za-z0-9._-]/u.exec(name)?.[0];
  if (wrong !== undefined) return `holds ${JSON.stringify(wrong)}; Kafka allows letters, digits, ".", "_" and "-"`;
  return undefined;
}

/** Equal for two names that one Kafka cluster refuses to hold together: its metrics write `.` as `_`. */
export function kafkaTopicIdentity(name: string): string {
  return name.replaceAll('.', '_');
}
