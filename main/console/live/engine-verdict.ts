/** The verdict where the engine itself, or an empty configuration, decides it. */
import type { Verdict } from '../../../preload/contract/status.ts'
import type { VerdictFacts } from './verdict.ts'
import { sentence } from './wording.ts'

type Spoken = Pick<Verdict, 'status' | 'sentence' | 'short'>

/** null: it runs and has something to serve. */
export function engineVerdict(facts: VerdictFacts): Spoken | null {
  const { engine } = facts
  switch (engine.phase) {
    case 'none':
      return spoken('idle', 'idle', 'Nothing runs yet. Open a configuration file or try the demo.')
    case 'starting':
      return spoken(
        'unknown',
        'starting',
        'Starting. The engine is launched and loads its configuration.'
      )
    case 'silent':
      return silent(facts)
    case 'restarting':
      return restarting(facts)
    case 'stopped':
      return stopped(facts)
    case 'running':
      return whileRunning(facts)
  }
}

function silent({ heardAtMs, time }: VerdictFacts): Spoken {
  const since = heardAtMs === null ? '' : ` since ${time(heardAtMs)}`
  return spoken(
    'unknown',
    'no word',
    `No word from the engine${since}. It runs but does not report; the states shown are its last.`
  )
}

function restarting({ engine, nowMs, time }: VerdictFacts): Spoken {
  const { reason, restartAtMs } = engine
  const why = reason === null ? '' : ` ${sentence(reason)}`
  const isDue = restartAtMs === null || restartAtMs - nowMs < 1_000
  const when = isDue ? 'It is being restarted.' : `The next start is at ${time(restartAtMs)}.`
  return spoken('down', 'restarting', `Not serving.${why} ${when}`)
}

function stopped({ engine }: VerdictFacts): Spoken {
  const why = engine.reason === null ? 'The engine is stopped.' : sentence(engine.reason)
  return spoken('down', 'stopped', `Not serving. ${why}`)
}

function whileRunning({ fleet, pools }: VerdictFacts): Spoken | null {
  if (fleet === null)
    return spoken('unknown', 'starting', 'Starting. The engine has not reported yet.')
  if (fleet.isStopping) {
    return spoken('idle', 'stopping', 'Stopping. No new connections; running exchanges may finish.')
  }
  if (fleet.listeners.length === 0) return nothing('The configuration has no listener.')
  const routed = new Set(fleet.routes.map(({ pool }) => pool))
  if (routed.size === 0) return nothing('No route leads to a pool.')
  const isEmpty = pools.every(({ facts }) => !routed.has(facts.name) || facts.backends.length === 0)
  if (isEmpty) return nothing('No pool has a backend yet, so every request gets a 503.')
  if (!fleet.isReady) {
    const text = 'Starting. The backends are probed first, then the listeners open.'
    return spoken('unknown', 'starting', text)
  }
  return null
}

function nothing(why: string): Spoken {
  return spoken('idle', 'idle', `Nothing to serve. ${why}`)
}

function spoken(status: Spoken['status'], short: string, text: string): Spoken {
  return { status, sentence: text, short }
}
