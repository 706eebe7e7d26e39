/** Contract: whoever follows the README or a guide with commands gets what they promise. */
import { afterEach, beforeAll, beforeEach, test } from 'vitest'
import { ensureFreshBuild } from '../setup/fresh-build.ts'
import { requires } from '../setup/requirements.ts'
import { GuideRun } from './guide-run.ts'
import { codeBlocks, readText } from './markdown.ts'

requires('curl')('a reader', () => {
  let run: GuideRun

  beforeAll(ensureFreshBuild, 60_000)
  beforeEach(async () => {
    run = await GuideRun.create()
  })
  afterEach(() => run.dispose())

  test('who pastes the blocks of the README in order sees what it shows', async () => {
    const blocks = codeBlocks(readText('README.md'))
    const wanted = ['The problem', 'Start in 60 seconds']
    for (const block of blocks.filter(({ heading }) => wanted.includes(heading))) {
      await run.follow(block)
    }
  }, 60_000)

  test('who does what docs/guides/first-steps.md says sees what it shows', async () => {
    for (const block of codeBlocks(readText('docs/guides/first-steps.md'))) await run.follow(block)
  }, 60_000)

  test('who fails over by hand as docs/guides/failover.md says sees what it shows', async () => {
    for (const block of codeBlocks(readText('docs/guides/failover.md'))) await run.follow(block)
  }, 60_000)

  test('who has requests stored as docs/guides/store.md says sees what it shows', async () => {
    for (const block of codeBlocks(readText('docs/guides/store.md'))) await run.follow(block)
  }, 60_000)

  test('who restarts a backend as docs/guides/hold.md says sees what it shows', async () => {
    for (const block of codeBlocks(readText('docs/guides/hold.md'))) await run.follow(block)
  }, 60_000)
})
