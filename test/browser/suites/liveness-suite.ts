/**
 * A frozen number must never look healthy: the page says when the engine is silent and when it
 * died, is back without a reload, and moves nothing for those who want no motion.
 */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE } from '../console-view.ts'
import { framesAskedDuring, longestRunOfFrames } from '../frame-count.ts'
import { stageOf } from './stage-of.ts'

/** Enough to tell a loop, which asks for each, from numbers that change now and then. */
const WATCHED_FRAMES = 120
/** Nobody who draws once after news asks in so many frames that follow each other. */
const LOOPING_FRAMES = 6

export function livenessSuite(name: string, startStage: StartStage): void {
  describe(`liveness, ${name}`, () => {
    const suite = stageOf(startStage)

    test('a stopped engine makes the page stale, and it is live again without a reload', async () => {
      const view = await suite.open()
      await view.startDemo()
      await view.page.evaluate(() => Object.assign(window, { isSamePage: true }))
      const pid = await suite.stage.enginePid()
      process.kill(pid, 'SIGSTOP')
      try {
        await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^STALE/)
        await expect.poll(() => view.verdict(), PATIENCE).toMatch(/^No word from the engine since/)
      } finally {
        process.kill(pid, 'SIGCONT')
      }

      await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^LIVE/)
      await expect.poll(() => view.rateRps(), PATIENCE).toBeGreaterThan(0)
      expect(await view.page.evaluate(() => 'isSamePage' in window)).toBe(true)
      await view.untilVerdict(/^Serving\. 3 of 3/)
    })

    test('a killed engine is told, restarted, and an incident in the history', async () => {
      const view = await suite.open()
      await view.startDemo()
      const pid = await suite.stage.enginePid()
      process.kill(pid, 'SIGKILL')

      await expect
        .poll(() => view.events(), PATIENCE)
        .toMatch(/engine.*(ended|died|killed|SIGKILL)/i)
      await view.untilVerdict(/^Serving\. 3 of 3/)
      await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^LIVE/)
      expect(await suite.stage.enginePid()).not.toBe(pid)
      await view.go('Incidents')
      await expect.poll(() => view.page.getByRole('main').innerText(), PATIENCE).toMatch(/engine/i)
    })

    test('reduced motion leaves no loop of animation frames running', async () => {
      const moving = await suite.open()
      await moving.startDemo()
      expect(await framesAskedDuring(moving.page, WATCHED_FRAMES)).toBeGreaterThan(
        WATCHED_FRAMES / 2
      )

      expect(await longestRunOfFrames(moving.page, WATCHED_FRAMES)).toBeGreaterThan(LOOPING_FRAMES)

      const still = await suite.open({ isMotionReduced: true })
      await still.startDemo()

      // A loop asks in the frame after each of its own; numbers ask when they come, and then rest.
      expect(await longestRunOfFrames(still.page, WATCHED_FRAMES)).toBeLessThan(LOOPING_FRAMES)
      expect(await runningAnimations(still.page)).toEqual([])
    })
  })
}

function runningAnimations(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ playState }) => playState === 'running')
      .map(({ effect }) => (effect as KeyframeEffect | null)?.target?.className ?? '')
  )
}
