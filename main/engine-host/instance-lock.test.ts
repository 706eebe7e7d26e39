/** Contract: one living owner per instance; what a dead one left behind blocks nobody. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { InstanceLock, notedEngine } from './instance-lock.ts'
import { waitForOrphan } from './orphan-engine.ts'
import {
  identityOf,
  isAlive,
  type ProcessIdentity
} from '../../proxy-core/process/process-identity.ts'

let directory: string

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  directory = folder.path
})

async function livingProcess(): Promise<ProcessIdentity & { end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  const identity = identityOf(child.pid!)
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { ...identity, end }
}

function writeLock(owner: ProcessIdentity, engine: ProcessIdentity | null): void {
  const identity = ({ pid, startTicks }: ProcessIdentity): ProcessIdentity => ({ pid, startTicks })
  const record = { owner: identity(owner), engine: engine && identity(engine), config: 'old.yaml' }
  writeFileSync(join(directory, 'lock'), JSON.stringify(record))
}

test('a free instance is taken, and given back without a trace', async () => {
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  expect(lock.orphan).toBeNull()
  const record = JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))
  expect(record).toMatchObject({ owner: { pid: process.pid }, config: 'a.yaml' })
  await lock.release()
  await lock.release()
  expect(readdirSync(directory)).toEqual([])
})

test('an instance with a living owner is refused with its pid and its file', async () => {
  const owner = await livingProcess()
  writeLock(owner, null)
  const refused = InstanceLock.acquire(directory, 'a.yaml')
  await expect(refused).rejects.toMatchObject({ code: 'INSTANCE_LOCKED' })
  await expect(refused).rejects.toThrow(
    `Process ${owner.pid} already runs this instance with old.yaml`
  )
})

test('the lock of a dead owner is taken over', async () => {
  const owner = await livingProcess()
  await owner.end()
  writeLock(owner, null)
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  expect(lock.orphan).toBeNull()
  await lock.release()
})

test('a pid that now belongs to another process does not hold the lock', async () => {
  const stranger = await livingProcess()
  writeLock({ pid: stranger.pid, startTicks: stranger.startTicks! - 1 }, null)
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  await lock.release()
})

test('an old lock of our own pid, as every restarted container has it, is taken over', async () => {
  writeLock({ pid: process.pid, startTicks: 1 }, null)
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  await lock.release()
})

test.each(['', '{"owner":', '{"owner":{"pid":"x"}}'])(
  'a damaged lock %j is taken over',
  async (text) => {
    writeFileSync(join(directory, 'lock'), text)
    const lock = await InstanceLock.acquire(directory, 'a.yaml')
    await lock.release()
  }
)

test('of many that take over the same stale lock at once, all end with it whole', async () => {
  writeLock({ pid: 2 ** 22 + 1, startTicks: 1 }, null)
  const locks = await Promise.all(
    Array.from({ length: 4 }, () => InstanceLock.acquire(directory, 'a.yaml').catch(() => null))
  )
  expect(locks.some(Boolean)).toBe(true)
  expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8')).owner.pid).toBe(process.pid)
})

test('the engine of a dead owner is the orphan of the next, who waits until it has ended', async () => {
  const owner = await livingProcess()
  const engine = await livingProcess()
  await owner.end()
  writeLock(owner, engine)
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  expect(lock.orphan?.pid).toBe(engine.pid)
  const info = vi.fn()
  let hasWaited = false
  const waiting = waitForOrphan(lock.orphan, 60_000, { info }).then(() => (hasWaited = true))
  await eventually('the sentence', () => info.mock.calls.length === 1)
  expect(info.mock.calls[0]![0]).toContain(`process ${engine.pid}`)
  expect(hasWaited).toBe(false)
  await engine.end()
  await waiting
  await lock.release()
})

test('the engine is noted beside its owner, and never after the release', async () => {
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  await lock.noteEngine(process.ppid)
  const record = JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))
  expect(record).toMatchObject({ owner: { pid: process.pid }, engine: { pid: process.ppid } })
  await lock.release()
  await lock.noteEngine(process.ppid)
  expect(existsSync(join(directory, 'lock'))).toBe(false)
})

test('an identity is alive only as long as its process is', async () => {
  const child = await livingProcess()
  expect(isAlive(child)).toBe(true)
  await child.end()
  expect(isAlive(child)).toBe(false)
  expect(isAlive({ pid: 0, startTicks: null })).toBe(false)
  expect(isAlive({ pid: -1, startTicks: null })).toBe(false)
})

test('the engine of an instance is known until somebody takes the instance over', async () => {
  expect(await notedEngine(directory)).toBeNull()
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  expect(await notedEngine(directory)).toBeNull()
  await lock.noteEngine(process.ppid)
  expect(await notedEngine(directory)).toEqual(identityOf(process.ppid))
  writeFileSync(join(directory, 'lock'), '{')
  expect(await notedEngine(directory)).toBeNull()
})

test('a release waits for a note on its way, which would bring the lock back', async () => {
  const lock = await InstanceLock.acquire(directory, 'a.yaml')
  const order: string[] = []
  const noted = lock.noteEngine(process.pid).then(() => order.push('noted'))
  const released = lock.release().then(() => order.push('released'))
  await Promise.all([noted, released])
  expect(order).toEqual(['noted', 'released'])
  expect(readdirSync(directory)).toEqual([])
})
