/** Options of retries, ejection and fallbacks that contradict each other. */
import { isBodyless } from '../../model/bodyless-status.ts'
import { formatPath } from '../../model/config-problem.ts'
import { duration } from '../../model/schema/quantities.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

const DURATION = duration()
/** What a fallback answers with, and cannot beside `pool`. */
const ANSWER_KEYS = ['status', 'body', 'content_type']

export function* checkResilience(root: LooseNode): Generator<Finding> {
  const pools = root.at('pools').items
  const holders = [root.at('defaults'), ...pools, ...root.at('routes').items]
  for (const holder of holders) {
    yield* checkOrder(holder.at('retry').at('backoff'), 'min', 'max')
    yield* checkOrder(holder.at('outlier'), 'base_ejection', 'max_ejection')
  }
  for (const pool of pools) {
    yield* checkFallback(pool.at('fallback'))
    yield* checkCounts(pool.at('adaptive_concurrency'))
  }
  yield* checkCircles(pools)
}

function* checkOrder(node: LooseNode, low: string, high: string): Generator<Finding> {
  const from = durationOf(node.at(low))
  const to = durationOf(node.at(high))
  if (from === undefined || to === undefined || from <= to) return
  yield conflict(
    node.at(low),
    `\`${low}\` is longer than \`${high}\` (${String(node.at(high).value)}).`,
    `Lower \`${low}\` or raise \`${high}\`.`
  )
}

function durationOf(node: LooseNode): number | undefined {
  const parsed = DURATION.safeParse(node.value)
  return parsed.success ? parsed.data : undefined
}

function* checkCounts(node: LooseNode): Generator<Finding> {
  const { value: min } = node.at('min')
  const { value: max } = node.at('max')
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return
  yield conflict(node.at('min'), '`min` is larger than `max`.', 'Lower `min` or raise `max`.')
}

function* checkFallback(fallback: LooseNode): Generator<Finding> {
  const { value: status } = fallback.at('status')
  if (fallback.has('body') && typeof status === 'number' && isBodyless(status)) {
    yield conflict(
      fallback.at('body'),
      `An answer of status ${String(status)} has no body.`,
      'Take `body` out, or choose another `status`.'
    )
  }
  if (!fallback.has('pool')) return
  for (const key of ANSWER_KEYS.filter((one) => fallback.has(one))) {
    yield conflict(
      fallback.at(key),
      `A fallback is another pool or an answer: \`${key}\` cannot stand beside \`pool\`.`,
      `Take \`${key}\` or \`pool\` out.`
    )
  }
}

/** A request that finds nobody must not go round for ever. */
function* checkCircles(pools: readonly LooseNode[]): Generator<Finding> {
  const next = new Map<string, LooseNode>()
  for (const pool of pools) {
    const name = pool.at('name').text
    const target = pool.at('fallback').at('pool')
    if (name !== undefined && target.text !== undefined) next.set(name, target)
  }
  for (const [name, target] of next) {
    const way = [name]
    for (let at: string | undefined = target.text; at !== undefined; at = next.get(at)?.text) {
      if (way.includes(at) && at !== name) break
      way.push(at)
      if (at !== name) continue
      yield conflict(
        target,
        `The fallbacks lead in a circle: ${way.join(' -> ')} (${formatPath(target.path)}).`,
        'End it with a pool that has no fallback or answers itself.'
      )
      break
    }
  }
}

function conflict(node: LooseNode, message: string, hint: string): Finding {
  return { code: 'CONFLICT', path: node.path, at: 'value', message, hint }
}
