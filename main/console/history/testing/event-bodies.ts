/** Events as tests of the history append them. */
import { losing, regaining } from '../capacity.ts'
import type { EventBody } from '../event-body.ts'

export function downBody(pool = 'api', backend = 'a:1'): EventBody {
  return {
    kind: 'backend_down',
    severity: 'warning',
    actor: 'probe',
    text: `Pool ${pool}: ${backend} is down.`,
    pool,
    backend,
    capacity: losing({ kind: 'backend', pool, backend })
  }
}

export function upBody(pool = 'api', backend = 'a:1'): EventBody {
  return {
    kind: 'backend_up',
    severity: 'notice',
    actor: 'probe',
    text: `Pool ${pool}: ${backend} is up.`,
    pool,
    backend,
    capacity: regaining({ kind: 'backend', pool, backend })
  }
}

export function plainBody(text = 'The configuration is in force.'): EventBody {
  return { kind: 'config', severity: 'info', actor: 'engine', text }
}
