/** A request of the demo with its backends' names, as every other screen has them. */
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import type { RoutingReason, TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import { backendName, withBackendNames } from '../live/backend-name.ts'

/** A list is made anew four times a second, of the same samples. */
const known = new WeakMap<TrafficSample, TrafficSample>()

export function namedSample(
  sample: TrafficSample,
  demo: DemoState | null | undefined
): TrafficSample {
  if (!demo) return sample
  const before = known.get(sample)
  if (before !== undefined) return before
  const named = {
    ...sample,
    backend: backendName(sample.backend, demo),
    attempts: sample.attempts.map((attempt) => ({
      ...attempt,
      backend: backendName(attempt.backend, demo)
    })),
    why: sample.why && namedReason(sample.why, demo)
  }
  known.set(sample, named)
  return named
}

function namedReason(why: RoutingReason, demo: DemoState): RoutingReason {
  return {
    ...why,
    candidates: why.candidates.map((candidate) => backendName(candidate, demo)),
    exclusions: why.exclusions.map(({ backend, reason }) => ({
      backend: backendName(backend, demo),
      reason: withBackendNames(reason, demo)
    }))
  }
}
