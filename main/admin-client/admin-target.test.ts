/**
 * Contract: a command finds the instance that is meant, says which ones there are when it cannot,
 * and shows a token only to the address that it belongs to.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { endpointOf } from '../engine-host/admin-endpoint.ts'
import { findTarget, TOKEN_VARIABLE, type AdminTarget } from './admin-target.ts'
import { runningInstances } from './running-instance.ts'
import { StateOfInstances } from './testing/state-of-instances.ts'

const W = 'w'.repeat(43)
const A = 'a'.repeat(43)
const URL_1 = { url: 'http://127.0.0.1:9000', certificateFile: null }
const URL_2 = { url: 'https://127.0.0.1:9443', certificateFile: '/etc/site.pem' }

let state: StateOfInstances

beforeEach(() => {
  state = new StateOfInstances()
  onTestFinished(() => state.remove())
})

const find = (
  wish: { instance?: string; url?: string } = {},
  environment: Readonly<Record<string, string>> = {}
): Promise<AdminTarget> =>
  findTarget(
    { instance: wish.instance ?? null, url: wish.url ?? null },
    { ...state.environment, ...environment }
  )

describe('an instance of this machine', () => {
  test('is found when it is the only one that runs', async () => {
    await state.add('web', { endpoint: URL_1, token: W })
    await state.add('dead', { endpoint: URL_2, pid: 2 ** 22 + 1 })
    expect(await find()).toEqual({
      url: URL_1.url,
      token: W,
      tokenSource: join(state.pathOf('web'), 'admin.token'),
      certificateFile: null
    })
  })

  test('is found by its name among several, and without one they are listed', async () => {
    await state.add('web', { endpoint: URL_1, config: 'web.yaml' })
    await state.add('api', { endpoint: URL_2, token: A })
    expect(await find({ instance: 'api' })).toMatchObject({ ...URL_2, token: A })
    await expect(find()).rejects.toMatchObject({
      code: 'INSTANCE_AMBIGUOUS',
      message: '2 instances run: api (/etc/api.yaml), web (web.yaml).'
    })
  })

  test('that does not run is named with the place that was looked at', async () => {
    await expect(find()).rejects.toMatchObject({ code: 'INSTANCE_NONE' })
    await state.add('dead', { pid: 2 ** 22 + 1 })
    await expect(find()).rejects.toMatchObject({
      code: 'INSTANCE_NONE',
      message: `No instance of this user runs (looked in ${state.pathOf('.').replace(/\/$/, '')}).`
    })
    await expect(find({ instance: 'dead' })).rejects.toMatchObject({
      code: 'INSTANCE_NONE',
      message: `No instance dead runs (state directory ${state.pathOf('dead')}).`
    })
  })

  test('whose admin API could not be opened is not taken for one that is gone', async () => {
    await state.add('web')
    await expect(find()).rejects.toMatchObject({
      code: 'ADMIN_UNREACHABLE',
      message: 'Instance web runs, but its admin API is not open.'
    })
  })

  test('is neither the console, which has no token, nor one with a torn token, nor a file that lies about', async () => {
    await state.add('web', { endpoint: URL_1 })
    await state.add('console', { token: null })
    await state.add('torn', { token: 'half of one' })
    writeFileSync(state.pathOf('note.txt'), 'x')
    mkdirSync(state.pathOf('empty'))
    expect((await runningInstances(state.environment)).map(({ name }) => name)).toEqual(['web'])
  })

  test('that cannot be read does not stand in the way of others, and is named when alone', async () => {
    mkdirSync(join(state.pathOf('odd'), 'lock'), { recursive: true })
    await expect(find()).rejects.toMatchObject({ code: 'STATE_UNUSABLE' })
    await state.add('web', { endpoint: URL_1 })
    expect(await find()).toMatchObject({ url: URL_1.url })
  })

  test('is named by its loopback where it listens on every interface', () => {
    const at = (address: string): string =>
      endpointOf({ address, scheme: 'https', certificateFile: '/c' }).url
    expect(at('0.0.0.0:9443')).toBe('https://127.0.0.1:9443')
    expect(at('[::]:9443')).toBe('https://[::1]:9443')
    expect(at('10.0.0.1:9443')).toBe('https://10.0.0.1:9443')
  })
})

describe('an address that was typed', () => {
  test('gets the token of the instance that answers there, and its certificate', async () => {
    await state.add('web', { endpoint: URL_2, token: W })
    expect(await find({ url: 'https://127.0.0.1:9443/' })).toMatchObject({ ...URL_2, token: W })
  })

  test('gets no token of an instance that answers somewhere else', async () => {
    await state.add('web', { endpoint: URL_1, token: W })
    expect(await find({ url: 'http://127.0.0.1:9001' })).toMatchObject({ token: null })
    expect(await find({ url: 'https://evil.example' })).toMatchObject({ token: null })
  })

  test('gets the token of the environment, which goes first', async () => {
    await state.add('web', { endpoint: URL_1, token: W })
    const environment = { [TOKEN_VARIABLE]: 'e' }
    for (const url of [URL_1.url, 'https://ops.example:9443']) {
      expect(await find({ url }, environment)).toMatchObject({
        token: 'e',
        tokenSource: TOKEN_VARIABLE
      })
    }
  })

  test.each([
    'ops.example',
    'ftp://127.0.0.1',
    'http://127.0.0.1:9000/api',
    'http://127.0.0.1:9000?x=1',
    'http://user:secret@127.0.0.1:9000',
    'http://ops.example:9000',
    'http://10.0.0.1:9000'
  ])('%s is refused', async (url) => {
    await expect(find({ url })).rejects.toMatchObject({ code: 'ADMIN_URL_REFUSED' })
  })
})
