/** Contract: one living process per directory; the lock of a crashed one stands in nobody's way. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { identityOf, type ProcessIdentity } from '../process/process-identity.ts'
import { StoreLock } from './store-lock.ts'

let directory: string

beforeEach(() => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  directory = join(folder.path, 'buffer')
  mkdirSync(directory)
})

async function livingProcess(): Promise<ProcessIdentity & { end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { ...identityOf(child.pid!), end }
}

function writeLock(owner: ProcessIdentity): void {
  const { pid, startTicks } = owner
  writeFileSync(join(directory, 'lock'), JSON.stringify({ pid, startTicks }))
}

async function isFree(): Promise<boolean> {
  const lock = await StoreLock.acquire(directory)
  await lock.release()
  return true
}

test('a free directory is taken, and given back without a trace', async () => {
  const lock = await StoreLock.acquire(directory)
  expect(readdirSync(directory)).toEqual(['lock'])
  await lock.release()
  await lock.release()
  expect(readdirSync(directory)).toEqual([])
})

test('this process cannot have it twice', async () => {
  const lock = await StoreLock.acquire(directory)
  await expect(StoreLock.acquire(directory)).rejects.toThrow(
    `Process ${process.pid} already uses the buffer ${directory}.`
  )
  await lock.release()
  expect(await isFree()).toBe(true)
})

test('while another process lives, it is refused with its pid', async () => {
  const owner = await livingProcess()
  writeLock(owner)
  await expect(StoreLock.acquire(directory)).rejects.toMatchObject({
    code: 'BUFFER_LOCKED',
    details: { pid: owner.pid }
  })
  await owner.end()
  expect(await isFree()).toBe(true)
})

test('a pid that belongs to another process now holds nothing', async () => {
  const stranger = await livingProcess()
  writeLock({ pid: stranger.pid, startTicks: stranger.startTicks! - 1 })
  expect(await isFree()).toBe(true)
})

test('an old lock of our own pid, as every restarted container has it, holds nothing', async () => {
  writeLock({ pid: process.pid, startTicks: 1 })
  expect(await isFree()).toBe(true)
})

test.each(['', '{', '{"pid":"1"}', 'null'])('a damaged lock %j holds nothing', async (text) => {
  writeFileSync(join(directory, 'lock'), text)
  expect(await isFree()).toBe(true)
})
