/** Contract: the address is asked once typing rests, the newest answer counts, Enter stages. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { MethodResult } from '../../../preload/contract/methods.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { ConsoleState } from '../../state/console-state.svelte.ts'
import type { CallOptions } from '../../backend/console-backend.ts'
import { aBackend, aFleet, aPlan, aPool } from '../../testing/live-payloads.ts'
import { ManualPage } from '../../testing/manual-page.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { AddBackendForm, PROBE_DELAY_MS } from './add-backend-form.svelte.ts'

type Probe = MethodResult<'setup.probe'>

const answered = (address: string): Probe => ({
  address,
  isTls: false,
  outcome: 'answered',
  sentence: '200 in 12 ms'
})

const REVIEW: MethodResult<'config.stageBackend'> = {
  staged: { text: '', hash: 'b', hasMaskedSecrets: false },
  running: { text: '', hash: 'a', hasMaskedSecrets: false },
  onDisk: null,
  problems: [],
  changes: ['1 backend added to web']
}

const settled = (): Promise<void> => new Promise(setImmediate)

/** A host that also tells the signals of its calls. */
class SignalledBackend extends ScriptedBackend {
  readonly signals: (AbortSignal | undefined)[] = []

  override call<Name extends Parameters<ScriptedBackend['call']>[0]>(
    name: Name,
    args: Parameters<ScriptedBackend['call']>[1],
    options?: CallOptions
  ): Promise<MethodResult<Name>> {
    this.signals.push(options?.signal)
    return super.call(name, args as never)
  }
}

let page: ManualPage
let host: SignalledBackend
let console: ConsoleState
let form: AddBackendForm

beforeEach(() => {
  page = new ManualPage()
  host = new SignalledBackend()
  host.answers = { 'setup.probe': ({ address }) => answered(address) }
  console = new ConsoleState(host, page)
  const end = console.start()
  const pools = [aPool('api', [aBackend('10.0.0.1:80', { level: 3 })]), aPool('web', [])]
  host.push('fleet', aFleet({ pools }))
  page.paint()
  form = new AddBackendForm(console, 'web')
  return end
})

describe('the address', () => {
  test('is asked once the typing rests', async () => {
    form.address = '10.0.0.9'
    page.advance(PROBE_DELAY_MS - 1)
    form.address = '10.0.0.9:80'
    page.advance(PROBE_DELAY_MS - 1)
    expect(host.calls).toEqual([])
    expect(form.probe.kind).toBe('asking')
    page.advance(1)
    await settled()
    expect(host.calls).toEqual([{ name: 'setup.probe', args: { address: '10.0.0.9:80' } }])
    expect(form.probe).toMatchObject({ kind: 'told', result: { sentence: '200 in 12 ms' } })
  })

  test('takes back the question about an older text, whose answer counts no more', async () => {
    let tell: (probe: Probe) => void = () => {}
    host.answers = { 'setup.probe': () => new Promise<Probe>((resolve) => (tell = resolve)) }
    form.address = 'old:80'
    page.advance(PROBE_DELAY_MS)
    form.address = 'new:80'
    expect(host.signals[0]?.aborted).toBe(true)
    tell(answered('old:80'))
    await settled()
    expect(form.probe.kind).toBe('asking')
  })

  test('that cannot be asked says why', async () => {
    host.answers = {}
    form.address = 'a:80'
    page.advance(PROBE_DELAY_MS)
    await settled()
    expect(form.probe).toMatchObject({ kind: 'unasked' })
  })

  test('is forgotten with its timer when it is empty or the sheet closes', () => {
    form.address = 'a:80'
    form.address = ' '
    expect(form.probe.kind).toBe('none')
    form.address = 'a:80'
    form.close()
    page.advance(PROBE_DELAY_MS)
    expect(host.calls).toEqual([])
  })
})

describe('staging', () => {
  async function type(address: string): Promise<void> {
    form.address = address
    page.advance(PROBE_DELAY_MS)
    await settled()
    host.calls.length = 0
  }

  test('sends the address as the configuration would have it', async () => {
    host.answers['setup.probe'] = () => answered('10.0.0.9:80')
    host.answers['config.stageBackend'] = () => REVIEW
    await type('http://10.0.0.9/')
    form.weight = 50
    form.level = 1
    expect(await form.stage()).toBe(true)
    expect(host.calls).toEqual([
      {
        name: 'config.stageBackend',
        args: { file: null, pool: 'web', address: '10.0.0.9:80', weight: 50, level: 1 }
      }
    ])
    expect(console.toasts.list[0]?.text).toContain('Staged 10.0.0.9:80 for web.')
  })

  test('and applying goes on to the plan', async () => {
    host.answers['config.stageBackend'] = () => REVIEW
    host.answers['plan.make'] = () => aPlan({ request: { kind: 'apply_config' } })
    await type('10.0.0.9:80')
    expect(await form.stageAndApply()).toBe(true)
    await settled()
    expect(console.plans.draft?.plan.request).toEqual({ kind: 'apply_config' })
  })

  test('is possible for a backend that does not answer', async () => {
    host.answers['setup.probe'] = () => ({
      ...answered('a:80'),
      outcome: 'failed',
      sentence: 'refused'
    })
    await type('a:80')
    expect(form.refusal).toBeNull()
  })

  test.each([
    ['', {}, 'Type the address of the backend.'],
    ['10.0.0.1:80', { pool: 'api' }, 'api has a backend 10.0.0.1:80 already.'],
    ['a:80', { pool: 'gone' }, 'Choose a pool.'],
    ['a:80', { weight: 257 }, 'A weight is a whole number from 0 to 256.'],
    ['a:80', { weight: Number.NaN }, 'A weight is a whole number from 0 to 256.'],
    ['a:80', { level: 101 }, 'A level is a whole number from 0 to 100.']
  ])('of %j with %j is refused with a reason', async (address, given, problem) => {
    await type(address)
    Object.assign(form, given)
    expect(await form.stage()).toBe(false)
    expect(form.problem).toBe(problem)
    expect(host.calls).toEqual([])
  })

  test('of what is no address says what the probe said', async () => {
    host.answers['setup.probe'] = () => ({
      address: null,
      isTls: false,
      outcome: 'invalid',
      sentence: 'That is no address.'
    })
    await type('???')
    expect(await form.stage()).toBe(false)
    expect(form.problem).toBe('That is no address.')
  })

  test('that the host refuses leaves the form open with its words', async () => {
    await type('a:80')
    host.answers['config.stageBackend'] = () => {
      throw new SwitchyardError('POOL_UNKNOWN', 'No pool is called web.')
    }
    expect(await form.stage()).toBe(false)
    expect(form.problem).toContain('No pool is called web.')
    expect(form.isStaging).toBe(false)
  })

  test('begins with the given pool, and offers one level more than there is', () => {
    expect(form.pool).toBe('web')
    expect(form.levelCount).toBe(3)
    form.pool = 'api'
    expect(form.levelCount).toBe(5)
    expect(new AddBackendForm(console, null).pool).toBe('api')
  })
})
