/** Modes of failover that are no switch have nothing that a strategy or a latch could steer. */
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

const SWITCH_KEYS = ['strategy', 'ramp', 'delay', 'recovery_interval', 'failback', 'failback_ramp']

/** What a mode does not know. */
const FOREIGN_KEYS: Readonly<Record<string, readonly string[]>> = {
  spill: SWITCH_KEYS,
  progressive: [...SWITCH_KEYS, 'within', 'min_eligible', 'panic_threshold']
}

export function* checkFailover(root: LooseNode): Generator<Finding> {
  const shared = root.at('failover')
  yield* foreignKeys(shared, shared.at('mode').text)
  for (const pool of root.at('pools').items) {
    const own = pool.at('failover')
    // Only what stands beside the mode or closer to the pool is meant for it.
    yield* foreignKeys(own, own.at('mode').text ?? shared.at('mode').text)
  }
}

function* foreignKeys(node: LooseNode, mode: string | undefined): Generator<Finding> {
  if (mode === undefined || !Object.hasOwn(FOREIGN_KEYS, mode)) return
  for (const key of FOREIGN_KEYS[mode]!.filter((name) => node.has(name))) {
    yield {
      code: 'CONFLICT',
      path: node.at(key).path,
      at: 'key',
      message: `\`mode: ${mode}\` has no \`${key}\`: ${REASONS[mode]!}`,
      hint: 'Take it out, or use `mode: switch`.'
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  spill: 'the shares of the levels follow from their health alone.',
  progressive: 'every lost primary is replaced by one backup, and that is all.'
}
