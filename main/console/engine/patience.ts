/** Waiting for an engine that may have stopped to answer without having ended. */
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'

const LOOK_EVERY_MS = 2_000

/**
 * The answer, however long it takes while the engine is heard. Rejects with ENGINE_SILENT when it
 * is silent at one of the looks: what was asked for may still happen when it wakes.
 */
export async function patiently<Answer>(
  answer: Promise<Answer>,
  clock: Clock,
  isSilent: () => boolean
): Promise<Answer> {
  const { promise: silence, reject } = Promise.withResolvers<never>()
  const timer = clock.setInterval(() => {
    if (isSilent()) reject(silent())
  }, LOOK_EVERY_MS)
  try {
    return await Promise.race([answer, silence])
  } finally {
    timer.cancel()
  }
}

function silent(): SwitchyardError {
  return new SwitchyardError(
    'ENGINE_SILENT',
    'The engine process runs but does not answer; what was asked of it may still happen.'
  )
}
