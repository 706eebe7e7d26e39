/** `switchyard run`: the control-plane parent of one engine. */
import { basename } from 'node:path'
import { enginePath } from '../../engine-host/module-path.ts'
import { forkEngine, type LaunchEngine } from '../../engine-host/engine-child.ts'
import { EngineHost } from '../../engine-host/engine-host.ts'
import { Instance } from '../../engine-host/instance.ts'
import { instanceOf, isInstanceName, stateDirectoryOf } from '../../engine-host/state-directory.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { readConfig, type ConfigOverrides, type ReadConfig } from '../../config-file/config-file.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, exitCodeOf, type ExitCode } from '../exit-code.ts'
import { productVersion } from '../product-version.ts'
import type { Terminal } from '../terminal.ts'
import { ConfigWatch } from '../../config-file/config-watch.ts'
import { NotificationDesk } from '../../notifications/notification-desk.ts'
import { notificationSource } from '../../notifications/notification-source.ts'
import { defectEntry, entryOf } from './event-entry.ts'
import { OperatorLog } from './operator-log.ts'
import { problemsEntry } from './refusal.ts'
import { RunSession } from './run-session.ts'
import { untilStopped } from './until-stopped.ts'

export const runCommand: Command = {
  name: 'run',
  summary: 'Balance traffic as a configuration file says, until stopped',
  operands: ['config'],
  options: [
    {
      name: 'instance',
      value: '<name>',
      effect: "Name of this instance's state directory [from the path of the file]"
    },
    {
      name: 'admin-auth',
      value: 'none|token',
      choices: ['none', 'token'],
      effect: 'Stands in for admin.auth of the file'
    },
    {
      name: 'log-format',
      value: 'text|json',
      choices: ['text', 'json'],
      effect: 'Form of the log on standard error [text]'
    }
  ],
  notes: `
The file is watched: a change is loaded without dropping a connection, and a bad one is
refused whole with its lines named.

Signals:
  SIGTERM, SIGINT  stop accepting, finish what runs within shutdown_timeout, exit
  a second SIGINT  cut what still runs, exit
  SIGHUP           load the file again and reopen the access logs
  SIGUSR2          reopen the access logs only

Exit codes:
  0   stopped, everything finished
  1   stopped, some exchanges were cut
  2   the configuration has problems
  3   nothing could be started
  64  the command line is wrong`,
  run: runFile
}

async function runFile(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = valueOf(input, 'log-format') === 'json' ? 'json' : 'text'
  const log = new OperatorLog(terminal, systemClock, format)
  const name = instanceNamed(input)
  try {
    return await runInstance(name, input, terminal, log)
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error
    const message = `${error.message} ${error.remedy}`
    log.write({ level: 'error', message, details: { code: error.code } })
    return exitCodeOf(error)
  }
}

async function runInstance(
  name: string,
  input: CommandInput,
  terminal: Terminal,
  log: OperatorLog
): Promise<ExitCode> {
  const overrides = overridesOf(input)
  const config = await readConfig(fileOf(input), overrides)
  const { result, file } = config
  if (!result.ok) {
    log.write(problemsEntry('Nothing is started.', config, result.problems, log.isColoured))
    return EXIT.configuration
  }
  log.info(`Switchyard ${productVersion()}, instance ${name}, configuration ${file}.`)
  const stateDirectory = stateDirectoryOf(name, terminal.environment)
  const { shutdownTimeoutMs } = result.settings
  const instance = await Instance.hold({ stateDirectory, config: file, shutdownTimeoutMs, log })
  try {
    const launch = terminal.launchEngine ?? (() => forkEngine(enginePath()))
    return await serve(instance, { launch, config, settings: result.settings, overrides, log })
  } finally {
    await instance.release()
  }
}

interface ServeParts {
  readonly launch: LaunchEngine
  readonly config: ReadConfig
  readonly settings: EngineSettings
  readonly overrides: ConfigOverrides
  readonly log: OperatorLog
}

async function serve(instance: Instance, parts: ServeParts): Promise<ExitCode> {
  const { launch, config, settings, overrides, log } = parts
  const { stateDirectory, adminToken, tokenFile } = instance
  const notifications: NotificationDesk = new NotificationDesk({
    ...{ clock: systemClock, random: Math.random },
    source: notificationSource(basename(stateDirectory)),
    log: (entry) => log.write(entry),
    publish: (counters) => host.noteNotifications(counters)
  })
  const host = new EngineHost({
    launch,
    clock: systemClock,
    version: productVersion(),
    adminToken,
    stateDirectory,
    onEvent: (event) => {
      const entry = entryOf(event)
      if (entry) log.write(entry)
      notifications.take(event)
    },
    onPid: (pid) => void instance.noteEngine(pid).catch((error: Error) => warn(log, error)),
    onAdmin: (admin) => void instance.noteAdmin(admin).catch((error: Error) => warn(log, error))
  })
  const session = new RunSession(
    { host, log, file: config.file, overrides, tokenFile, notifications },
    config,
    settings
  )
  session.warn(config)
  return untilStopped(session, config, {
    watch: () => watchFile(config.file, session, log),
    onDefect: (error) => log.write(defectEntry(error))
  })
}

function watchFile(file: string, session: RunSession, log: OperatorLog): ConfigWatch {
  return new ConfigWatch(file, systemClock, {
    onChange: () => void session.reload('file'),
    onLost: (reason) => {
      const message = `${reason} Changes are no longer noticed; send SIGHUP to load the file.`
      log.write({ level: 'warning', message })
    }
  })
}

function warn(log: OperatorLog, error: Error): void {
  log.write({ level: 'warning', message: error.message })
}

function overridesOf(input: CommandInput): ConfigOverrides {
  const auth = valueOf(input, 'admin-auth')
  return auth === 'none' || auth === 'token' ? { adminAuth: auth } : {}
}

function fileOf(input: CommandInput): string {
  return input.operands[0]!
}

function instanceNamed(input: CommandInput): string {
  const name = valueOf(input, 'instance')
  if (name === undefined) return instanceOf(fileOf(input))
  if (isInstanceName(name)) return name
  throw new UsageError(
    `${name} is no instance name: letters, digits, dots, dashes and underscores, 64 at most.`
  )
}
