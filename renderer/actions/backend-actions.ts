/** What an operator says to a backend. Changes go through plans; the plan knows the danger. */
import type { AdminState } from '../../proxy-core/model/states.ts'
import { MAX_WEIGHT } from '../../proxy-core/model/states.ts'
import {
  action,
  type Action,
  type ActionArgument,
  type ActionContext,
  type ActionValues
} from './action.ts'
import { backendOf, canChangeBackend, hasBackends, requireBackend } from './fleet-lookup.ts'

const MINUTE_MS = 60_000

const DURATIONS = [
  { label: '15 minutes', forMs: 15 * MINUTE_MS },
  { label: '1 hour', forMs: 60 * MINUTE_MS },
  { label: '4 hours', forMs: 240 * MINUTE_MS },
  { label: 'Until I end it', forMs: null }
] as const

const RESET = 'configured'

const whichBackend = (title: string): ActionArgument => ({ kind: 'backend', title })

/** Refuses what is so already, where the backend is known. */
const unlessIn =
  (...states: readonly AdminState[]) =>
  (context: ActionContext, values: ActionValues): true | string => {
    const backend = backendOf(context, values)
    if (backend !== null && states.includes(backend.adminState)) {
      return `${backend.address} is ${STATE_WORDS[backend.adminState]} already.`
    }
    return canChangeBackend(context)
  }

const STATE_WORDS = { ready: 'ready', drain: 'draining', maint: 'in maintenance' } as const

function setState(
  { console }: ActionContext,
  values: ActionValues,
  state: AdminState,
  forMs: number | null
): Promise<void> {
  const backend = requireBackend(values)
  return console.plans.request({ kind: 'set_admin_state', ...backend, state, forMs })
}

export const BACKEND_ACTIONS: readonly Action[] = [
  action({
    id: 'backend.drain',
    section: 'Backend',
    title: 'Drain or undrain',
    keywords: ['remove', 'disable', 'finish', 'deploy', 'stop'],
    icon: 'log-out',
    keys: ['d'],
    danger: 'plan',
    asks: [whichBackend('Drain or undrain which backend?')],
    when: canChangeBackend,
    run: (context, values) => {
      const isDraining = backendOf(context, values)?.adminState === 'drain'
      const forMs = isDraining ? null : context.console.preferences.safety.adminStateForMs
      return setState(context, values, isDraining ? 'ready' : 'drain', forMs)
    }
  }),
  action({
    id: 'backend.maintenance',
    section: 'Backend',
    title: 'Maintenance…',
    keywords: ['maint', 'disable', 'take out', 'no probes'],
    icon: 'wrench',
    keys: ['m'],
    danger: 'plan',
    asks: [
      whichBackend('Maintenance of which backend?'),
      {
        kind: 'choice',
        title: 'For how long?',
        choices: () => DURATIONS.map(({ label }) => ({ value: label, label }))
      }
    ],
    when: unlessIn('maint'),
    run: (context, values) => {
      const chosen = DURATIONS.find(({ label }) => label === values.choice)
      const { adminStateForMs } = context.console.preferences.safety
      return setState(
        context,
        values,
        'maint',
        chosen === undefined ? adminStateForMs : chosen.forMs
      )
    }
  }),
  action({
    id: 'backend.ready',
    section: 'Backend',
    title: 'Make ready',
    keywords: ['enable', 'undrain', 'end maintenance', 'return'],
    icon: 'circle-check',
    danger: 'plan',
    asks: [whichBackend('Make which backend ready?')],
    when: unlessIn('ready'),
    run: (context, values) => setState(context, values, 'ready', null)
  }),
  action({
    id: 'backend.weight',
    section: 'Backend',
    title: 'Weight…',
    keywords: ['share', 'balance', 'canary', 'shift'],
    icon: 'scale',
    keys: ['w'],
    danger: 'plan',
    asks: [
      whichBackend('Weight of which backend?'),
      {
        kind: 'text',
        title: 'Which weight?',
        placeholder: `0 to ${MAX_WEIGHT}, or "${RESET}"`,
        suggestions: () => [RESET, '0', '10', '50', '100'],
        problem: weightProblem
      }
    ],
    when: canChangeBackend,
    run: ({ console }, values) => {
      const weight = values.text === RESET ? null : Number(values.text)
      return console.plans.request({ kind: 'set_weight', ...requireBackend(values), weight })
    }
  }),
  action({
    id: 'backend.probe',
    section: 'Backend',
    title: 'Probe now',
    keywords: ['check', 'health', 'test', 'ping'],
    icon: 'radar',
    keys: ['p'],
    asks: [whichBackend('Probe which backend?')],
    when: probeRefusal,
    run: async ({ console }, values) => {
      const { sentence } = await console.backend.call('backend.probe', requireBackend(values))
      console.toasts.done(sentence)
    }
  }),
  action({
    id: 'backend.add',
    section: 'Backend',
    title: 'Add a backend…',
    keywords: ['new', 'create', 'server', 'stage'],
    icon: 'plus',
    keys: ['n b'],
    when: ({ console }) =>
      console.workspace === null || console.workspace.kind === 'none'
        ? 'Open a configuration or start the demo first.'
        : true,
    run: ({ console }) => {
      console.shell.sheet = { kind: 'add_backend', pool: console.selection.pool }
    }
  })
]

function weightProblem(text: string): string | null {
  if (text === RESET) return null
  const isWeight = /^[0-9]{1,3}$/.test(text) && Number(text) <= MAX_WEIGHT
  return isWeight ? null : `A weight is a whole number from 0 to ${MAX_WEIGHT}.`
}

function probeRefusal(context: ActionContext, values: ActionValues): true | string {
  const backend = backendOf(context, values)
  if (backend !== null && !backend.hasHealthCheck) {
    return `${backend.address} has no health check to make.`
  }
  return hasBackends(context)
}
