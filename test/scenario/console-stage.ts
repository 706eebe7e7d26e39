/** The console that a scenario watches, in a browser; both end with the test. */
import { onTestFinished } from 'vitest'
import { ConsoleView } from '../browser/console-view.ts'
import { WebStage } from '../browser/web-stage.ts'

export interface WatchedConsole {
  readonly stage: WebStage
  readonly view: ConsoleView
}

export async function startConsole(): Promise<WatchedConsole> {
  const stage = await WebStage.start()
  onTestFinished(() => stage.dispose())
  return { stage, view: new ConsoleView(await stage.open()) }
}

/** Resolves to the milliseconds until `probe` holds. Rejects after ten times what is expected. */
export async function timeUntil(
  probe: () => boolean | Promise<boolean>,
  expectedMs: number
): Promise<number> {
  const started = performance.now()
  while (!(await probe())) {
    const passedMs = performance.now() - started
    if (passedMs > 10 * expectedMs) throw new Error(`Not within ${Math.round(passedMs)} ms.`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - started
}
