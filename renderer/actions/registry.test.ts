/** The registry's invariants: what every action has, and that no key changes what serves users. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { LivePool } from '../../preload/contract/live-state.ts'
import type { TestOutcomeLine } from '../../preload/contract/notifications.ts'
import {
  A_HOLD,
  aChannel,
  aFleet,
  API_POOL,
  aPlan,
  aWorkspace,
  TWO_LEVELS
} from '../testing/live-payloads.ts'
import { ManualPage } from '../testing/manual-page.ts'
import { HELLO, ScriptedBackend } from '../testing/scripted-backend.ts'
import { METHODS } from '../../preload/contract/methods.ts'
import { ConsoleState } from '../state/console-state.svelte.ts'
import { DEFAULT_PREFERENCES } from '../state/default-preferences.ts'
import { SCREENS } from '../state/route.ts'
import type { Action, ActionContext, ActionValues } from './action.ts'
import { isSingleKey } from './key-press.ts'
import { paletteSections } from './palette-rows.ts'
import {
  ACTIONS,
  findAction,
  keysOf,
  nextArgument,
  startAction,
  valuesFromSelection
} from './registry.ts'

const NO_SHORTCUTS = { shortcuts: {} }
const HOSTS = [{ isInBrowser: true }, { isInBrowser: false }] as const
const DANGEROUS = ACTIONS.filter(({ danger }) => danger === 'plan')

const HELD = { ...A_HOLD, operator: { untilMs: Number.MAX_SAFE_INTEGER, reason: 'ana' } }

let backend: ScriptedBackend
let console: ConsoleState
let context: ActionContext
let page: ManualPage

/** Nothing but planning is answered: a change without a plan fails the test. */
beforeEach(() => {
  backend = new ScriptedBackend()
  backend.answers = {
    'plan.make': (request) => aPlan({ request }),
    'backend.probe': () => ({ sentence: 'Passed: 200 in 3 ms.', hasPassed: true })
  }
  page = new ManualPage()
  console = new ConsoleState(backend, page)
  context = { console }
  console.live.follow()
  backend.push('fleet', aFleet({ pools: [{ ...API_POOL, failover: TWO_LEVELS, hold: HELD }] }))
  page.paint()
  const demo = {
    backends: [{ name: 'demo-1', address: '127.0.0.1:1', isRunning: true }],
    listenerUrl: 'http://127.0.0.1:2/',
    rateRps: 50
  }
  console.workspace = aWorkspace({ staged: ['1 backend added to api'], demo })
})

/** Something to answer every argument with. */
function answersTo(action: Action): ActionValues {
  let values: ActionValues = {}
  for (const argument of action.asks) {
    if (argument.kind === 'backend') values = { ...values, pool: 'api', backend: '10.0.0.1:80' }
    if (argument.kind === 'pool') values = { ...values, pool: 'api' }
    if (argument.kind === 'choice') {
      values = { ...values, choice: argument.choices(context)[0]!.value }
    }
    if (argument.kind === 'text') values = { ...values, text: argument.suggestions(context)[0]! }
  }
  return values
}

describe('the registry', () => {
  test('has no id twice', () => {
    const ids = ACTIONS.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each(ACTIONS.map((action) => [action.id, action] as const))(
    '%s has a title in sentence case, keywords and a stable id',
    (id, { title, keywords }) => {
      expect(id).toMatch(/^[a-z]+\.[a-z0-9-]+$/)
      expect(title).toMatch(/^[A-Z][^!]*[^.!]$/)
      expect(keywords.length).toBeGreaterThan(0)
    }
  )

  test.each(HOSTS)('binds no key twice, nor the beginning of a sequence, %o', (host) => {
    const keys = ACTIONS.flatMap((action) => keysOf(action, NO_SHORTCUTS, host))
    expect(new Set(keys).size).toBe(keys.length)
    for (const one of keys) {
      expect(keys.filter((other) => other.startsWith(`${one} `))).toEqual([])
    }
  })

  test('binds in a browser no key that the browser keeps for itself', () => {
    const keys = ACTIONS.flatMap((action) => keysOf(action, NO_SHORTCUTS, { isInBrowser: true }))
    expect(keys.filter((one) => /^Mod\+[NTW0-9]$|^F11$/.test(one))).toEqual([])
  })

  test('leads to every screen', () => {
    for (const screen of SCREENS) expect(findAction(`go.${screen}`)).not.toBeNull()
  })

  test('lists every action in the palette, but those that only make sense as a key', () => {
    const sections = paletteSections('>', context, [])
    const listed = sections.flatMap(({ rows }) => rows.map(({ key }) => key)).sort()
    const expected = ACTIONS.filter(({ isKeyOnly }) => isKeyOnly !== true).map(({ id }) => id)
    expect(listed).toEqual(expected.sort())
  })

  test('takes the keys of the operator over its own, and none where they were taken away', () => {
    const drain = findAction('backend.drain')!
    const host = { isInBrowser: true }
    expect(keysOf(drain, { shortcuts: { 'backend.drain': 'x d' } }, host)).toEqual(['x d'])
    expect(keysOf(drain, { shortcuts: { 'backend.drain': '' } }, host)).toEqual([])
    const wall = findAction('view.wall')!
    expect(keysOf(wall, NO_SHORTCUTS, host)).toEqual(['g w'])
    expect(keysOf(wall, NO_SHORTCUTS, { isInBrowser: false })).toEqual(['F11'])
  })
})

describe('actions of danger', () => {
  test('are those that an operator would expect', () => {
    expect(DANGEROUS.map(({ id }) => id).sort()).toEqual([
      'backend.drain',
      'backend.maintenance',
      'backend.ready',
      'backend.weight',
      'config.apply',
      'config.close',
      'config.environment',
      'demo.switch',
      'engine.restart',
      'pool.activate-failover',
      'pool.deactivate-failover',
      'pool.hold',
      'pool.release'
    ])
  })

  test.each(DANGEROUS.map((action) => [action.id, action] as const))(
    '%s makes a plan, and nothing else happens before it is confirmed',
    async (_id, action) => {
      await startAction(action, context, answersTo({ ...action }))
      const expected = action.id === 'backend.ready' ? [] : ['plan.make']
      expect(backend.calls.map(({ name }) => name)).toEqual(expected)
      expect(console.plans.draft !== null).toBe(expected.length > 0)
    }
  )

  test('refuse what is so already, with the reason as a message', async () => {
    await startAction(findAction('backend.ready')!, context, {
      pool: 'api',
      backend: '10.0.0.1:80'
    })
    expect(console.toasts.list[0]?.text).toBe('10.0.0.1:80 is ready already.')
  })

  test.each(DANGEROUS.map((action) => [action.id, action] as const))(
    '%s is refused while the console is read-only',
    (id, action) => {
      const safety = { ...DEFAULT_PREFERENCES.safety, isReadOnly: true }
      console.preferences = { ...DEFAULT_PREFERENCES, safety }
      const isRefused = action.when(context, {}) !== true
      // The demo's own backends are toys: the control plane decides there.
      expect(isRefused).toBe(id !== 'demo.switch')
    }
  )

  test('are reached by no two presses without a plan sheet', () => {
    const changing = new Set(
      Object.entries(METHODS)
        .filter(([name, { isMutating }]) => isMutating && name !== 'plan.apply')
        .map(([name]) => name)
    )
    const quick = ACTIONS.flatMap((action) =>
      keysOf(action, NO_SHORTCUTS, HELLO.abilities)
        .filter((keys) => keys.split(' ').length <= 2)
        .map((keys) => ({ action, keys }))
    )
    const safe = new Set(['backend.probe'])
    return Promise.all(
      quick.map(async ({ action }) => {
        await startAction(action, context, answersTo(action))
        const changes = backend.calls.filter(({ name }) => changing.has(name) && !safe.has(name))
        expect(changes).toEqual([])
      })
    )
  })
})

describe('the hold of a pool', () => {
  const showHold = (hold: LivePool['hold']): void => {
    backend.push('fleet', aFleet({ revision: 2, pools: [{ ...API_POOL, hold }] }))
    page.paint()
  }

  test('is planned for the time that is chosen or typed', async () => {
    await startAction(findAction('pool.hold')!, context, { pool: 'api', text: '90s' })
    expect(console.plans.draft?.plan.request).toEqual({
      ...{ kind: 'hold_pool', pool: 'api', forMs: 90_000 }
    })
  })

  test('needs a pool that lets requests wait, a release one that is held', () => {
    showHold(A_HOLD)
    expect(findAction('pool.hold')!.when(context, { pool: 'api' })).toBe(true)
    expect(findAction('pool.release')!.when(context, { pool: 'api' })).toBe(
      'No operator holds requests to api.'
    )
    showHold(null)
    expect(findAction('pool.hold')!.when(context, { pool: 'api' })).toBe(
      'Requests to api cannot wait: it has no `buffer`.'
    )
    expect(findAction('pool.hold')!.when(context, {})).toMatch(/^No pool lets its requests wait/)
  })
})

describe('starting an action', () => {
  test('asks the palette for what the selection does not answer', async () => {
    const drain = findAction('backend.drain')!
    await startAction(drain, context)
    expect(console.shell.palette).toEqual({ query: '', actionId: 'backend.drain' })
    expect(backend.calls).toEqual([])
  })

  test('takes the selected backend', async () => {
    console.selection.select({ kind: 'backend', pool: 'api', backend: '10.0.0.2:80' })
    const drain = findAction('backend.drain')!
    expect(valuesFromSelection(context, drain)).toEqual({ pool: 'api', backend: '10.0.0.2:80' })
    await startAction(drain, context)
    expect(console.plans.draft?.plan.request).toEqual({
      kind: 'set_admin_state',
      pool: 'api',
      backend: '10.0.0.2:80',
      state: 'drain',
      forMs: DEFAULT_PREFERENCES.safety.adminStateForMs
    })
  })

  test('asks for the arguments one after the other', () => {
    const maintenance = findAction('backend.maintenance')!
    expect(nextArgument(maintenance, {})?.kind).toBe('backend')
    expect(nextArgument(maintenance, { pool: 'api', backend: 'x' })?.kind).toBe('choice')
    expect(nextArgument(maintenance, { pool: 'api', backend: 'x', choice: '1 hour' })).toBeNull()
  })

  test('tells a failure as a problem', async () => {
    backend.answers = {}
    await startAction(findAction('backend.probe')!, context, {
      pool: 'api',
      backend: '10.0.0.1:80'
    })
    expect(console.toasts.list[0]?.code).toBe('METHOD_UNKNOWN')
  })
})

describe('a test notification', () => {
  const sends = findAction('notifications.test')!

  test('needs a channel', async () => {
    await startAction(sends, context)
    expect(console.toasts.list[0]?.text).toBe(
      'The running configuration has no notification channel.'
    )
    expect(backend.calls).toEqual([])
  })

  test('needs a channel that sends', async () => {
    console.notifications = { channels: [aChannel({ name: 'metrics', type: 'metrics' })] }
    await startAction(sends, context)
    expect(console.toasts.list[0]?.text).toMatch(/^No notification channel sends anything/)
    expect(backend.calls).toEqual([])
  })

  test('says through which channels it arrived, and why not through others', async () => {
    console.notifications = { channels: [aChannel({ name: 'mail' }), aChannel({ name: 'hook' })] }
    const said = (channel: string, outcome: 'delivered' | 'failed'): TestOutcomeLine => ({
      ...{ channel, type: 'webhook', outcome, sentence: 'No answer within 10 s.' }
    })
    backend.answers['notifications.test'] = () => ({
      outcomes: [said('mail', 'delivered'), said('hook', 'delivered')]
    })
    await startAction(sends, context)
    backend.answers['notifications.test'] = () => ({
      outcomes: [said('mail', 'delivered'), said('hook', 'failed')]
    })
    await startAction(sends, context)
    expect(console.toasts.list.map(({ tone, text }) => [tone, text])).toEqual([
      ['done', 'Delivered a test through mail, hook.'],
      ['done', 'Delivered a test through mail.'],
      ['problem', 'hook: No answer within 10 s.']
    ])
  })
})

describe('single keys', () => {
  test('are told from chords and sequences', () => {
    expect(['d', '!', '?', 'Space'].every(isSingleKey)).toBe(true)
    expect(['Mod+K', 'g l', 'F11', 'Escape', 'Enter'].some(isSingleKey)).toBe(false)
  })
})
