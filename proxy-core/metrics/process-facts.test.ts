/** Contract: the facts about this process are plausible where the system tells them. */
import { openSync, closeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readProcessFacts } from './process-facts.ts'

it('tells the process, its memory and its CPU time', async () => {
  const facts = await readProcessFacts()
  expect(facts.pid).toBe(process.pid)
  expect(facts.nodeVersion).toBe(process.version)
  expect(facts.cpuSeconds).toBeGreaterThan(0)
  expect(facts.residentBytes).toBeGreaterThan(facts.heapUsedBytes / 2)
})

it.runIf(process.platform === 'linux')('sees file descriptors come, up to the limit', async () => {
  const before = await readProcessFacts()
  const opened = Array.from({ length: 20 }, () => openSync('/dev/null', 'r'))
  const during = await readProcessFacts()
  for (const descriptor of opened) closeSync(descriptor)
  expect(during.openDescriptors! - before.openDescriptors!).toBeGreaterThanOrEqual(15)
  expect(during.descriptorLimit).toBeGreaterThan(during.openDescriptors!)
})
