/** What an operator should know who lets the requests of a pool wait. */
import type { PoolSettings, RouteSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'

/** Sentences. */
export function holdWarnings(
  { name }: Pick<PoolSettings, 'name'>,
  routes: readonly Pick<RouteSettings, 'name' | 'pool' | 'hold'>[],
  durationMs: number
): string[] {
  const its = routes.filter(({ pool }) => pool === name)
  const going = its.filter(({ hold }) => hold === null).map((route) => route.name)
  const short = its.filter(({ hold }) => hold !== null && hold.timeoutMs < durationMs)
  const warnings: string[] = []
  if (going.length > 0) {
    warnings.push(`Requests of ${going.join(', ')} do not wait: their buffer is off.`)
  }
  for (const route of short) {
    const limit = formatDuration(route.hold!.timeoutMs)
    warnings.push(
      `Requests of ${route.name} wait at most ${limit} (\`buffer.timeout\`) and get 503 then.`
    )
  }
  return warnings
}
