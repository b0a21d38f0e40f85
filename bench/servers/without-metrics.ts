// Loaded before Sluice by `node --import`: what measures time does nothing, so that the cost of metrics shows in a comparison. Counts stay:
// they are additions to numbers that the code holds anyway.

import { Histogram } from 'prom-client';
import { DeliveryMetrics } from '../../src/metrics/delivery-metrics.ts';
import { PlainHistogram } from '../../src/metrics/plain-histogram.ts';
import { TopicMetrics } from '../../src/metrics/topic-metrics.ts';

function nothing(): void {}

Histogram.prototype.observe = nothing;
PlainHistogram.prototype.observe = nothing;
DeliveryMetrics.prototype.delivered = nothing;
TopicMetrics.prototype.countPublish = nothing;
TopicMetrics.prototype.countReplayStep = nothing;
