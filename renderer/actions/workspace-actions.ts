/** The configuration, the demo and the engine that runs them. */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { ENVIRONMENTS } from '../../preload/contract/workspace-state.ts'
import type { MethodName } from '../../preload/contract/methods.ts'
import { action, type Action, type ActionContext, type ActionValues } from './action.ts'
import { READ_ONLY } from './fleet-lookup.ts'

const NO_WORKSPACE = 'No configuration is open.'

type Refusal = true | string

const hasWorkspace = ({ console }: ActionContext): Refusal =>
  console.workspace === null || console.workspace.kind === 'none' ? NO_WORKSPACE : true

/** Another file would end what the present one serves: closing is planned and confirmed. */
function servesNothing({ console }: ActionContext): Refusal {
  const { workspace } = console
  const serves = workspace?.kind === 'file' && workspace.runningHash !== null
  return serves ? `Close ${workspace.name} first: it serves traffic.` : true
}

function canChange(context: ActionContext): Refusal {
  if (context.console.preferences.safety.isReadOnly) return READ_ONLY
  return hasWorkspace(context)
}

/** A call without arguments whose problem is told as a toast by the runner. */
const calling =
  (name: Extract<MethodName, 'demo.start' | 'demo.stop'>) =>
  async ({ console }: ActionContext): Promise<void> => {
    console.workspace = await console.backend.call(name, {})
  }

export const CONFIG_ACTIONS: readonly Action[] = [
  action({
    id: 'config.choose',
    section: 'Configuration',
    title: 'Open a configuration file…',
    keywords: ['load', 'yaml', 'workspace', 'file'],
    icon: 'folder-open',
    when: (context) =>
      context.console.hello.abilities.hasFileDialogs
        ? servesNothing(context)
        : 'This host has no file dialogue: type the path.',
    run: async ({ console }) => {
      const opened = await console.backend.call('workspace.choose', {})
      if (opened !== null) console.workspace = opened
    }
  }),
  action({
    id: 'config.open',
    section: 'Configuration',
    title: 'Open a configuration by its path…',
    keywords: ['load', 'yaml', 'workspace', 'recent', 'switch'],
    icon: 'folder-open',
    asks: [
      {
        kind: 'text',
        title: 'Path of the configuration',
        placeholder: '/etc/switchyard/switchyard.yaml',
        suggestions: ({ console }) => console.workspace?.recentFiles ?? [],
        problem: (text) => (text.trim() === '' ? 'Type the path of a file.' : null)
      }
    ],
    when: servesNothing,
    run: async ({ console }, { text }) => {
      const file = (text ?? '').trim()
      console.workspace = await console.backend.call('workspace.open', { file })
    }
  }),
  action({
    id: 'config.review',
    section: 'Configuration',
    title: 'Review the staged changes',
    keywords: ['diff', 'compare', 'save'],
    icon: 'file-code',
    keys: ['Mod+S'],
    when: hasWorkspace,
    run: ({ console }) => {
      console.router.go('config')
      console.hooks.find('review')?.()
    }
  }),
  action({
    id: 'config.apply',
    section: 'Configuration',
    title: 'Apply the staged changes',
    keywords: ['save', 'reload', 'commit', 'deploy'],
    icon: 'check',
    danger: 'plan',
    when: (context) => {
      if ((context.console.workspace?.staged.length ?? 0) === 0) return 'Nothing is staged.'
      return canChange(context)
    },
    run: ({ console }) => console.plans.request({ kind: 'apply_config' })
  }),
  action({
    id: 'config.environment',
    section: 'Configuration',
    title: 'Set the environment…',
    keywords: ['dev', 'staging', 'prod', 'production'],
    icon: 'shield',
    asks: [
      {
        kind: 'choice',
        title: 'This configuration serves',
        choices: () => ENVIRONMENTS.map((value) => ({ value, label: value }))
      }
    ],
    danger: 'plan',
    when: (context) => {
      if (context.console.workspace?.kind === 'demo') return 'The demo is always dev.'
      return canChange(context)
    },
    run: ({ console }, { choice }) => {
      const environment = ENVIRONMENTS.find((one) => one === choice)
      if (environment === undefined) return
      return console.plans.request({ kind: 'set_environment', environment })
    }
  }),
  action({
    id: 'config.close',
    section: 'Configuration',
    title: 'Close the configuration',
    keywords: ['stop', 'listeners', 'end', 'workspace'],
    icon: 'x',
    danger: 'plan',
    when: canChange,
    run: ({ console }) => console.plans.request({ kind: 'close_workspace' })
  }),
  action({
    id: 'safety.read-only',
    section: 'Configuration',
    title: 'Read-only on or off',
    keywords: ['safety', 'lock', 'writes', 'protect'],
    icon: 'lock',
    isOn: ({ console }) => console.preferences.safety.isReadOnly,
    run: ({ console }) => {
      const { safety } = console.preferences
      return console.changePreferences({ safety: { ...safety, isReadOnly: !safety.isReadOnly } })
    }
  })
]

export const NOTIFICATION_ACTIONS: readonly Action[] = [
  action({
    id: 'notifications.test',
    section: 'Configuration',
    title: 'Send a test notification',
    keywords: ['mail', 'email', 'slack', 'discord', 'webhook', 'alert', 'channel'],
    icon: 'send',
    when: ({ console }) => {
      const channels = console.notifications?.channels ?? []
      if (channels.length === 0) return 'The running configuration has no notification channel.'
      const sends = channels.some(({ type }) => type !== 'metrics')
      return sends || 'No notification channel sends anything: they only count for /metrics.'
    },
    run: async ({ console }) => {
      const { outcomes } = await console.backend.call('notifications.test', { channel: null })
      const arrived = outcomes.filter(({ outcome }) => outcome === 'delivered')
      const failed = outcomes.filter(({ outcome }) => outcome === 'failed')
      if (arrived.length > 0) {
        const names = arrived.map(({ channel }) => channel).join(', ')
        console.toasts.done(`Delivered a test through ${names}.`)
      }
      if (failed.length === 0) return
      const reasons = failed.map(({ channel, sentence }) => `${channel}: ${sentence}`).join(' ')
      console.toasts.problem(new SwitchyardError('NOTIFICATION_FAILED', reasons))
    }
  })
]

export const DEMO_ACTIONS: readonly Action[] = [
  action({
    id: 'demo.start',
    section: 'Demo',
    title: 'Try the demo',
    keywords: ['example', 'sample', 'first', 'learn'],
    icon: 'play',
    when: ({ console }) => {
      const kind = console.workspace?.kind ?? 'none'
      return kind === 'none' ? true : 'Close what is open first.'
    },
    run: calling('demo.start')
  }),
  action({
    id: 'demo.stop',
    section: 'Demo',
    title: 'Stop the demo and remove it',
    keywords: ['end', 'leave', 'clean'],
    icon: 'square',
    when: ({ console }) => (console.workspace?.kind === 'demo' ? true : 'The demo does not run.'),
    run: calling('demo.stop')
  }),
  action({
    id: 'demo.switch',
    section: 'Demo',
    title: 'Kill or start a demo backend…',
    keywords: ['outage', 'crash', 'heal', 'simulate', 'failover'],
    icon: 'power',
    danger: 'plan',
    asks: [{ kind: 'choice', title: 'Which demo backend?', choices: demoChoices }],
    when: ({ console }) => (console.workspace?.demo == null ? 'The demo does not run.' : true),
    run: ({ console }, { choice }: ActionValues) => {
      const backend = console.workspace?.demo?.backends.find(({ name }) => name === choice)
      if (backend === undefined) return
      const isRunning = !backend.isRunning
      return console.plans.request({ kind: 'set_demo_backend', backend: backend.name, isRunning })
    }
  })
]

export const ENGINE_ACTIONS: readonly Action[] = [
  action({
    id: 'engine.restart',
    section: 'Engine',
    title: 'Restart the engine',
    keywords: ['core', 'proxy', 'process', 'reboot'],
    icon: 'rotate-cw',
    danger: 'plan',
    when: canChange,
    run: ({ console }) => console.plans.request({ kind: 'restart_engine' })
  })
]

function demoChoices({ console }: ActionContext): readonly { value: string; label: string }[] {
  const backends = console.workspace?.demo?.backends ?? []
  return backends.map(({ name, isRunning }) => ({
    value: name,
    label: isRunning ? `Kill ${name}` : `Start ${name}`
  }))
}
