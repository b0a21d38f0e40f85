import { acl } from './acl.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { config } from './config.ts';
import { printSchema } from './print-schema.ts';
import { publish } from './publish.ts';
import { serve } from './serve.ts';
import { subscribe } from './subscribe.ts';
import { topics } from './topics.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [serve, publish, subscribe, check, config, printSchema, topics, acl];
