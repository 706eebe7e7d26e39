/** The line of a pool that an operator may steer. */
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { PoolSettings } from '../model/settings.ts'
import type { Hold } from './hold.ts'

interface HoldingPool {
  readonly name: string
  readonly settings: Pick<PoolSettings, 'hold'>
  readonly holdLine: Hold | null
}

/** Throws HOLD_NOT_CONFIGURED where no request of the pool may wait, or none any more. */
export function holdInForce({ name, settings, holdLine }: HoldingPool): Hold {
  if (holdLine !== null && settings.hold !== null) return holdLine
  const message = `Pool ${name} has no hold buffer.`
  throw new SwitchyardError('HOLD_NOT_CONFIGURED', message, { pool: name })
}
