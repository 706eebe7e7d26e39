/**
 * "Point me at my backends": probes follow the typing, unwanted ones are cancelled, the port is
 * a free one, and Start says why it cannot.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { aWorkspace } from '../../testing/live-payloads.ts'
import { ManualPage } from '../../testing/manual-page.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { SetupForm, TYPING_PAUSE_MS } from './setup-form.svelte.ts'

let page: ManualPage
let backend: ScriptedBackend
let form: SetupForm
let end: () => void

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const probed = (): unknown[] =>
  backend.calls.filter(({ name }) => name === 'setup.probe').map(({ args }) => args)

beforeEach(async () => {
  page = new ManualPage()
  backend = new ScriptedBackend()
  backend.answers = {
    'setup.port': ({ port }) => ({ port: port ?? 8080, isWanted: true, reason: '' }),
    'setup.probe': ({ address }) => ({
      address: address.includes(':') ? address : null,
      isTls: false,
      outcome: address.includes(':') ? 'answered' : 'invalid',
      sentence: '200 in 12 ms'
    })
  }
  form = new SetupForm(backend, page)
  end = form.begin()
  await settled()
})

afterEach(() => {
  end()
  expect(page.timerCount).toBe(0)
})

test('a free port is filled in', () => {
  expect(form.portText).toBe('8080')
  expect(form.missing).toBe('Paste at least one address.')
})

describe('addresses', () => {
  test('are asked when the typing pauses, each once', async () => {
    form.type('a:1')
    page.advance(TYPING_PAUSE_MS - 1)
    form.type('a:1 b:1')
    page.advance(TYPING_PAUSE_MS - 1)
    expect(probed()).toEqual([])
    page.advance(1)
    await settled()
    form.type('a:1 b:1 ')
    page.advance(TYPING_PAUSE_MS)
    await settled()
    expect(probed()).toEqual([{ address: 'a:1' }, { address: 'b:1' }])
    expect(form.lines.map(({ probe }) => probe?.sentence)).toEqual(['200 in 12 ms', '200 in 12 ms'])
    expect(form.missing).toBeNull()
  })

  test('of a long list are asked six at a time', async () => {
    let answer: () => void = () => {}
    const gate = new Promise<void>((resolve) => (answer = resolve))
    const probe = backend.answers['setup.probe']!
    backend.answers['setup.probe'] = async (args) => {
      await gate
      return probe(args)
    }
    form.type(Array.from({ length: 9 }, (_, at) => `h${at}:1`).join(' '))
    page.advance(TYPING_PAUSE_MS)
    await settled()
    expect(probed()).toHaveLength(6)
    expect(form.missing).toBe('The addresses are being asked.')
    answer()
    await settled()
    expect(probed()).toHaveLength(9)
  })

  test('that were deleted meanwhile are cancelled and asked anew when they return', async () => {
    let signal: AbortSignal | undefined
    const call = backend.call.bind(backend)
    backend.call = ((name, args, options?: { readonly signal?: AbortSignal }) => {
      signal = options?.signal
      return call(name, args)
    }) as typeof backend.call
    backend.answers['setup.probe'] = () => new Promise(() => {})
    form.type('a:1')
    page.advance(TYPING_PAUSE_MS)
    form.type('')
    expect(signal?.aborted).toBe(true)
    form.type('a:1')
    page.advance(TYPING_PAUSE_MS)
    await settled()
    expect(probed()).toHaveLength(2)
  })

  test('that are none do not start, and a failed call is no answer', async () => {
    form.type('nonsense')
    page.advance(TYPING_PAUSE_MS)
    await settled()
    expect(form.missing).toBe('None of these is an address.')
    backend.answers['setup.probe'] = () => {
      throw new SwitchyardError('ADDRESS_NOT_AVAILABLE', 'The host cannot ask.')
    }
    form.type('b:1')
    page.advance(TYPING_PAUSE_MS)
    await settled()
    expect(form.lines[0]!.probe).toMatchObject({
      outcome: 'failed',
      sentence: 'The host cannot ask.'
    })
  })
})

describe('the port', () => {
  test('that is taken says by whom and offers the next free one', async () => {
    backend.answers['setup.port'] = () => ({
      port: 8081,
      isWanted: false,
      reason: '80 is in use by nginx (process 812).'
    })
    form.typePort('80')
    page.advance(TYPING_PAUSE_MS)
    await settled()
    expect(form.portProblem).toBe('80 is in use by nginx (process 812).')
    expect(form.freePort).toBe(8081)
  })

  test('that is none is refused without asking', () => {
    const before = backend.calls.length
    form.typePort('99999')
    page.advance(TYPING_PAUSE_MS)
    expect(form.portProblem).toBe('A port is a whole number from 1 to 65535.')
    expect(backend.calls).toHaveLength(before)
  })
})

describe('start', () => {
  beforeEach(async () => {
    form.type('a:1, b:1')
    page.advance(TYPING_PAUSE_MS)
    await settled()
  })

  test('serves the addresses on the port and gives the curl line', async () => {
    backend.answers['setup.start'] = () => ({
      workspace: aWorkspace(),
      url: 'http://127.0.0.1:8080/',
      curl: 'curl http://127.0.0.1:8080/'
    })
    expect(await form.start()).toMatchObject({ curl: 'curl http://127.0.0.1:8080/' })
    expect(backend.calls.at(-1)).toEqual({
      name: 'setup.start',
      args: { addresses: ['a:1', 'b:1'], port: 8080 }
    })
    expect(form.isStarting).toBe(false)
  })

  test('that fails says why and can be tried again', async () => {
    backend.answers['setup.start'] = () => {
      throw new SwitchyardError('PORT_IN_USE', '8080 was taken meanwhile.')
    }
    expect(await form.start()).toBeNull()
    expect(form.problem).toMatchObject({ code: 'PORT_IN_USE', why: '8080 was taken meanwhile.' })
    expect(form.missing).toBeNull()
  })
})
