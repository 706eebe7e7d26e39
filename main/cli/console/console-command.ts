/** `switchyard console`: the console in a window or in a browser. */
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { consoleFolders } from '../../page/console-folders.ts'
import { linkToRunningConsole } from '../../web/mint-request.ts'
import { startConsole, type ConsoleOptions } from '../../web/start-console.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { OperatorLog } from '../run/operator-log.ts'
import type { Terminal } from '../terminal.ts'
import { untilSignalled } from './until-signalled.ts'

export const consoleCommand: Command = {
  name: 'console',
  summary: 'Open the console: live traffic in a window or in a browser',
  operands: [],
  options: [
    {
      name: 'host',
      value: 'electron|web',
      choices: ['electron', 'web'],
      effect: 'Where it is shown [a window where one can be opened, else a browser]'
    },
    {
      name: 'port',
      value: '<number>',
      effect: 'Port on 127.0.0.1 for the browser [a free one]'
    },
    { name: 'no-open', effect: 'Print the link and open no browser' },
    { name: 'url', effect: 'Print another link to the console that already runs' }
  ],
  notes: `
The link is good once and for 10 minutes. One console runs for each user; it listens on loopback
only, and the balancer that it starts is a process of its own.

Signals:
  SIGTERM, SIGINT, SIGHUP  stop accepting, finish what runs within shutdown_timeout, exit
  a second one             cut what still runs, exit

Exit codes:
  0   stopped, or the link was printed
  1   stopped, some exchanges were cut
  3   nothing could be started, or no console runs that a link could lead to
  64  the command line is wrong`,
  run: openConsole
}

async function openConsole(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  if (input.options.has('url')) return printLink(input, terminal)
  const log = new OperatorLog(terminal, systemClock, 'text')
  return untilSignalled(log, systemClock, async ({ stop, cut }) => {
    const code = await startConsole({
      ...wishesOf(input),
      say: (line) => terminal.out(`${line}\n`),
      log: (line) => log.info(line),
      signal: stop,
      impatience: cut,
      ...(terminal.launchEngine === undefined ? {} : { launchEngine: terminal.launchEngine })
    })
    return code === 0 && !cut.aborted ? EXIT.done : EXIT.incomplete
  })
}

async function printLink(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  if (input.options.size > 1) throw new UsageError('The option --url stands alone.')
  terminal.out(`${await linkToRunningConsole(consoleFolders(terminal.environment).stateFolder)}\n`)
  return EXIT.done
}

function wishesOf(input: CommandInput): Pick<ConsoleOptions, 'host' | 'port' | 'isBrowserWanted'> {
  const host = valueOf(input, 'host')
  return {
    host: host === 'electron' || host === 'web' ? host : 'auto',
    port: portOf(valueOf(input, 'port')),
    isBrowserWanted: !input.options.has('no-open')
  }
}

function portOf(word: string | undefined): number {
  if (word === undefined) return 0
  const port = Number(word)
  if (/^\d{1,5}$/.test(word) && port <= 65_535) return port
  throw new UsageError(`The option --port takes a number from 0 to 65535, not ${word}.`)
}
