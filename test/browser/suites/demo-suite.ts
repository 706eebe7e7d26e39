/**
 * F.1 of the screens' design: from nothing to live traffic with one click, an outage that every
 * part of the page tells alike, and an end that leaves nothing behind.
 */
import { describe, expect, test } from 'vitest'
import { canConnect } from '../../servers/is-listening.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function demoSuite(name: string, startStage: StartStage): void {
  describe(`the demo, ${name}`, () => {
    const suite = stageOf(startStage)

    test('one click leads to live numbers', async () => {
      const view = await suite.open()
      await expect.poll(() => view.page.locator('h1').innerText()).toBe('Nothing is served yet')

      await view.button('Try the demo').click()

      await expect.poll(() => view.rateRps(), PATIENCE).toBeGreaterThan(30)
      expect(await view.liveness()).toMatch(/^LIVE/)
      await view.untilVerdict(/^Serving\. 3 of 3 backends healthy\.$/)
      for (const backend of ['demo-1', 'demo-2', 'demo-3']) {
        await expect
          .poll(() => view.nodeText(backend), PATIENCE)
          .toMatch(/Healthy[^]*[1-9][\d.]*\sreq\/s, 0\s%\serrors\./)
      }
      expect(suite.stage.complaints).toEqual([])
    })

    test('a killed backend is told alike by verdict, river, strip, incident and table', async () => {
      const view = await suite.open()
      await view.go('Pools')
      await view.go('Live')
      await view.button('Kill demo-2').click()

      await view.untilVerdict(/^Serving\. 2 of 3 backends healthy; demo-2 is down/)
      expect(await view.verdict()).toContain('traffic moved to')
      await expect.poll(() => view.nodeText('demo-2')).toMatch(/Down/)
      await expect.poll(() => view.events(), PATIENCE).toContain('demo-2 is down, was up')
      await view.go('Pools')
      await expect.poll(() => view.row('demo-2').innerText(), PATIENCE).toMatch(/Down[^]*refused/)
      await view.go('Incidents')
      await expect
        .poll(() => view.page.getByRole('main').innerText(), PATIENCE)
        .toMatch(/1 incident open[^]*demo-2 down/)
      expect(await view.verdict()).toMatch(/demo-2 is down/)
    })

    test('it is back after it was started again, and the traffic with it', async () => {
      const view = await suite.open()
      await view.button('Start demo-2 again').click()

      await view.untilVerdict(/^Serving\. 3 of 3 backends healthy\.$/)
      await expect
        .poll(() => view.nodeText('demo-2'), PATIENCE)
        .toMatch(/Healthy[^]*[1-9][\d.]*\sreq\/s/)
      await expect.poll(() => view.events(), PATIENCE).toMatch(/is up, was down/)
    })

    test('stopping the demo leaves nothing behind', async () => {
      const view = await suite.open()
      await view.go('Pools')
      const backends = await Promise.all(
        ['demo-1', 'demo-2', 'demo-3'].map((backend) => view.demoAddress(backend))
      )
      await view.go('Live')
      const listener = /127\.0\.0\.1:(\d+)/.exec(await view.page.getByRole('banner').innerText())
      const ports = [listener![1]!, ...backends.map((address) => address.split(':')[1]!)]
      expect(await Promise.all(ports.map((port) => canConnect(Number(port))))).not.toContain(false)

      await view.button('Stop demo and remove').click()

      await expect
        .poll(() => view.page.locator('h1').innerText(), PATIENCE)
        .toBe('Nothing is served yet')
      expect(await Promise.all(ports.map((port) => canConnect(Number(port))))).not.toContain(true)
      expect(await view.liveness()).toBe('')
      await view.go('Pools')
      await expect.poll(() => view.page.getByRole('main').innerText()).toContain('No configuration')
    })
  })
}
