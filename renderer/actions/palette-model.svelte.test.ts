/** The palette: what it lists, and what a choice leads to. */
import { beforeEach, describe, expect, test } from 'vitest'
import { aBackend, aFleet, aPlan, aPool, aWorkspace } from '../testing/live-payloads.ts'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { ScriptedBackend } from '../testing/scripted-backend.ts'
import { ConsoleState } from '../state/console-state.svelte.ts'
import { PaletteModel } from './palette-model.svelte.ts'
import type { PaletteRow } from './palette-rows.ts'

let console: ConsoleState
let backend: ScriptedBackend

beforeEach(() => {
  backend = new ScriptedBackend()
  backend.answers = { 'plan.make': (request) => aPlan({ request }) }
  const page = new ManualPage()
  console = new ConsoleState(backend, page)
  console.live.follow()
  const drained = aBackend('10.0.0.2:80', { adminState: 'drain' })
  backend.push('fleet', aFleet({ pools: [aPool('api', [aBackend('10.0.0.1:80'), drained])] }))
  page.paint()
  console.workspace = aWorkspace()
})

function open(query = '', actionId: string | null = null): PaletteModel {
  console.shell.palette = { query, actionId }
  return new PaletteModel({ console })
}

const titles = (model: PaletteModel): readonly string[] => model.sections.map(({ title }) => title)

function row(model: PaletteModel, title: string): PaletteRow {
  const found = model.sections.flatMap(({ rows }) => rows).find((one) => one.title === title)
  if (found === undefined) throw new Error(`The palette does not list ${title}.`)
  return found
}

describe('PaletteModel', () => {
  test('lists things, actions and places, in this order', () => {
    expect(titles(open()).filter((title) => title !== 'Recent')).toEqual([
      'Things',
      'Actions',
      'Go to'
    ])
  })

  test.each([
    ['>', ['Actions', 'Go to']],
    ['@', ['Things']],
    [':10m', ['Time']]
  ])('lists after "%s" only %j', (query, expected) => {
    expect(titles(open(query))).toEqual(expected)
  })

  test('shows what cannot be done with the reason, and does not do it', () => {
    const model = open('apply')
    const apply = row(model, 'Apply the staged changes')
    expect(apply.reason).toBe('Nothing is staged.')
    model.choose(apply)
    expect(console.shell.palette).not.toBeNull()
    expect(backend.calls).toEqual([])
  })

  test('leads to a backend and selects it', () => {
    const model = open('10.0.0.2')
    model.choose(row(model, '10.0.0.2:80'))
    expect(console.router.route).toMatchObject({ pool: 'api', backend: '10.0.0.2:80' })
    expect(console.shell.palette).toBeNull()
  })

  test('leads to a pool and to a moment', () => {
    const things = open('@api')
    things.choose(row(things, 'api'))
    expect(console.router.route).toMatchObject({ screen: 'pools', pool: 'api', backend: null })
    const times = open(':10m')
    times.choose(times.sections[0]!.rows[0]!)
    expect(console.live.viewAtMs).toBe(NOW_MS - 600_000)
  })

  test('says how a time is typed', () => {
    const [time] = open(':').sections
    expect(time?.rows[0]?.reason).toContain('10m')
  })

  test('asks for one argument after the other, then makes the plan', async () => {
    const model = open('maintenance')
    model.choose(row(model, 'Maintenance…'))
    expect(model.argument?.kind).toBe('backend')
    expect(model.query).toBe('')
    model.choose(row(model, '10.0.0.1:80'))
    expect(model.placeholder).toBe('For how long?')
    model.choose(row(model, '4 hours'))
    expect(console.shell.palette).toBeNull()
    await new Promise((resolve) => setImmediate(resolve))
    expect(console.plans.draft?.plan.request).toEqual({
      kind: 'set_admin_state',
      pool: 'api',
      backend: '10.0.0.1:80',
      state: 'maint',
      forMs: 14_400_000
    })
  })

  test('goes back to the first page, from where there is no way back', () => {
    const model = open('', 'backend.drain')
    expect(model.action?.id).toBe('backend.drain')
    expect(model.back()).toBe(true)
    expect(model.action).toBeNull()
    expect(model.back()).toBe(false)
  })

  test('takes a typed argument only where it fits, and says why where it does not', async () => {
    console.selection.select({ kind: 'backend', pool: 'api', backend: '10.0.0.1:80' })
    const model = open('', 'backend.weight')
    expect(model.argument?.kind).toBe('text')
    model.query = '300'
    expect(row(model, '300').reason).toContain('0 to 256')
    model.query = '25'
    model.choose(row(model, '25'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(console.plans.draft?.plan.request).toMatchObject({ kind: 'set_weight', weight: 25 })
  })

  test('refuses for each backend on its own', () => {
    const model = open('', 'backend.ready')
    expect(row(model, '10.0.0.1:80').reason).toBe('10.0.0.1:80 is ready already.')
    expect(row(model, '10.0.0.2:80').reason).toBeNull()
  })

  test('puts actions of the selection first', () => {
    console.selection.select({ kind: 'backend', pool: 'api', backend: '10.0.0.1:80' })
    const actions = open('>').sections[0]!.rows
    expect(actions[0]?.key).toMatch(/^backend\./)
    expect(actions[0]?.detail).toBe('10.0.0.1:80')
  })

  test('remembers what was chosen last', () => {
    const model = open('problems')
    model.choose(row(model, 'Show only problems'))
    expect(console.shell.isOnlyProblems).toBe(true)
    const [recent] = open().sections
    expect(recent?.title).toBe('Recent')
    expect(recent?.rows[0]?.title).toBe('Show only problems')
  })
})
