/**
 * Fails a test file that leaves something open: a socket, a server, a child process, a watcher,
 * or a timer that would keep the process alive. Runs last in every file, because vitest runs
 * after-hooks in the reverse order of their registration.
 */
import { afterAll, beforeAll } from 'vitest'

/** How long closing sockets, dying children and the runner's own timers may take to disappear. */
const GRACE_MS = 2_000
const POLL_MS = 10

/** Vitest's own channel to its parent process, its console streams, and what ends by itself. */
const OF_THE_RUNNER = new Set(['PipeWrap', 'TTYWrap', 'MessagePort', 'FSReqCallback', 'Immediate'])

let before: ReadonlyMap<string, number> = new Map()

beforeAll(() => {
  // The runner's timers are short, so none that runs now may excuse one that stays.
  before = new Map([...openResources()].filter(([type]) => type !== 'Timeout'))
})

afterAll(async () => {
  const deadline = performance.now() + GRACE_MS
  let leaks = leaksSince(before)
  while (leaks.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref())
    leaks = leaksSince(before)
  }
  if (leaks.length > 0) {
    throw new Error(
      `This file left open: ${leaks.join(', ')}. Close them in afterEach or afterAll.`
    )
  }
})

function openResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) {
    if (!OF_THE_RUNNER.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

function leaksSince(earlier: ReadonlyMap<string, number>): readonly string[] {
  return [...openResources()]
    .map(([type, count]) => ({ type, extra: count - (earlier.get(type) ?? 0) }))
    .filter(({ extra }) => extra > 0)
    .map(({ type, extra }) => `${extra} × ${type}`)
}
