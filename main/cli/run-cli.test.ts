/** Contract: whatever the command line, the answer is a text for a person and an exit code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from './run-cli.ts'
import { CapturedTerminal } from './testing/captured-terminal.ts'

async function cli(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new CapturedTerminal({ XDG_STATE_HOME: '/nonexistent' })
  const code = await runCli(words, terminal)
  return { code, out: terminal.stdout, err: terminal.stderr }
}

const version = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
).version

test('the help lists every command that is built, and none that is not', async () => {
  const { code, out, err } = await cli('--help')
  expect(code).toBe(0)
  expect(err).toBe('')
  expect(out).toBe(
    `Switchyard ${version}: an HTTP load balancer with health checks and failover.

Usage: switchyard <command> [options]

Commands:
  console               Open the console: live traffic in a window or in a browser
  run <config>          Balance traffic as a configuration file says, until stopped
  check <config>        Read a configuration file and name every problem in it
  init [file]           Ask for servers, backups and checks, and write a configuration
  import <file>         Translate the configuration of another system, and say what has no counterpart
  failover <action>     Show the failover of a running instance, try it, switch it by hand
  buffer <action> [id]  Show requests that wait, with their clients or on disk, and steer them
  notify <action>       Send a test message through the notification channels of a file
  bench                 Measure how fast this machine balances

Options:
  --help     Show this help, or that of a command
  --version  Show the version

Start with: switchyard init
`
  )
})

test('without a command the same help is an error', async () => {
  expect(await cli()).toEqual({ code: 64, out: '', err: (await cli('--help')).out })
})

test('the help of a command names its options, signals and exit codes', async () => {
  const { code, out } = await cli('run', '--help')
  expect(code).toBe(0)
  expect(out).toBe(
    `Balance traffic as a configuration file says, until stopped.

Usage: switchyard run <config> [options]

Options:
  --instance <name>        Name of this instance's state directory [from the path of the file]
  --admin-auth none|token  Stands in for admin.auth of the file
  --log-format text|json   Form of the log on standard error [text]
  --help                   Show this help

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
  64  the command line is wrong
`
  )
  expect((await cli('help', 'run')).out).toBe(out)
  expect((await cli('run', '-h')).out).toBe(out)
})

test('the version is that of the package', async () => {
  expect(await cli('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

test.each([
  [['rnu', 'a.yaml'], 'There is no command rnu. Did you mean run?'],
  [['frobnicate'], 'There is no command frobnicate.'],
  [['--versoin'], 'There is no option --versoin. Did you mean --version?'],
  [['run'], 'The command run needs <config>.'],
  [['check', 'a.yaml', 'b.yaml'], 'The command check does not know what to do with b.yaml.'],
  [['check', 'a.yaml', '--jsn'], 'There is no option --jsn. Did you mean --json?'],
  [['check', 'a.yaml', '--json=yes'], 'The option --json takes no value.'],
  [['check', 'a.yaml', '--json', '--json'], 'The option --json is given twice.'],
  [
    ['run', 'a.yaml', '--log-format', 'xml'],
    'The option --log-format takes text or json, not xml.'
  ],
  [['run', 'a.yaml', '--instance'], 'The option --instance needs a value: --instance <name>.'],
  [
    ['run', 'a.yaml', '--instance', '--log-format', 'json'],
    'The option --instance needs a value: --instance <name>.'
  ],
  [
    ['run', 'a.yaml', '--instance', '../etc'],
    '../etc is no instance name: letters, digits, dots, dashes and underscores, 64 at most.'
  ],
  [['bench', '--duration', '1'], 'The option --duration takes 300ms to 10m.'],
  [['bench', '--connections', '0'], 'The option --connections takes 1 to 10000.'],
  [['bench', '--size', 'huge'], 'The option --size takes 0 to 16MiB.'],
  [['help', 'bnech'], 'There is no command bnech. Did you mean bench?']
])('%j is refused with a sentence and exit code 64', async (words, sentence) => {
  const { code, out, err } = await cli(...words)
  expect(err).toBe(`switchyard: ${sentence}\nSee switchyard --help.\n`)
  expect(out).toBe('')
  expect(code).toBe(64)
})

test('a file that cannot be read is said with what to do, and exit code 2', async () => {
  const { code, err } = await cli('check', '/nonexistent/a.yaml')
  expect(code).toBe(2)
  expect(err).toBe(
    "switchyard: /nonexistent/a.yaml cannot be read: ENOENT: no such file or directory, open '/nonexistent/a.yaml'. " +
      'Check the path and that this user may read the file.\n'
  )
})
