/** A stage for the tests of one `describe`: begun before them, ended after them. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import type { ConsoleStage, StartStage, Viewer } from '../console-stage.ts'
import { ConsoleView } from '../console-view.ts'

export interface StageOfSuite {
  readonly stage: ConsoleStage
  /** Opens a page and gives the view of it. */
  open(viewer?: Viewer): Promise<ConsoleView>
  /** Of the view that was opened last. */
  readonly page: Page
}

export function stageOf(startStage: StartStage): StageOfSuite {
  let stage: ConsoleStage | null = null
  let page: Page | null = null
  beforeAll(async () => {
    stage = await startStage()
  })
  afterAll(async () => {
    await stage?.dispose()
  })
  const begun = (): ConsoleStage => {
    if (stage === null) throw new Error('The stage has not begun.')
    return stage
  }
  return {
    get stage() {
      return begun()
    },
    get page() {
      if (page === null) throw new Error('No page is open.')
      return page
    },
    async open(viewer) {
      page = await begun().open(viewer)
      return new ConsoleView(page)
    }
  }
}
