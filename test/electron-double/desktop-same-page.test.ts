/**
 * Q 11 of the screens' design: the page makes the same of a state whether it came over a WebSocket
 * or over IPC.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atScreen, treeOf } from '../browser/page-tree.ts'
import { POSED_AT_MS, posedConsole } from '../browser/posed-console.ts'
import { PosedStage } from '../browser/posed-stage.ts'
import { requires } from '../setup/requirements.ts'
import { DesktopStage } from './desktop-stage.ts'

requires('chromium-headless-shell')('two hosts', () => {
  let web: PosedStage
  let desktop: DesktopStage
  beforeAll(async () => {
    web = await PosedStage.start()
    desktop = await DesktopStage.start(posedConsole)
  })
  afterAll(async () => {
    await desktop.dispose()
    await web.dispose()
  })

  test.each(['Live', 'Pools'] as const)('show the same %s', async (screen) => {
    const viewer = { isMotionReduced: true, fixedTimeMs: POSED_AT_MS }
    const trees: string[] = []
    for (const page of [await web.open(), await desktop.open(viewer)]) {
      await atScreen(page, screen)
      trees.push(await treeOf(page))
    }
    expect(trees[0]!.split('\n').length).toBeGreaterThan(100)
    expect(trees[1]).toBe(trees[0])
  })
})
