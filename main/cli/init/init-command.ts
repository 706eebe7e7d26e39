/** `switchyard init`: from some questions to a configuration that is checked and can be run. */
import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { loadConfig } from '../../../proxy-core/config/load-config.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { parseHostPort } from '../../../proxy-core/model/schema/addresses.ts'
import type { ReadConfig } from '../../config-file/config-file.ts'
import { nextFreePort } from '../../console/setup/free-port.ts'
import { replaceFile } from '../../console/workspace/file-write.ts'
import { checkReport, checkText } from '../check/check-report.ts'
import { UsageError, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Keyboard } from '../keyboard.ts'
import type { Terminal } from '../terminal.ts'
import { initDocument } from './init-document.ts'
import { INIT_OPTIONS } from './init-options.ts'
import { askEverything, type Asked } from './init-questions.ts'
import { Abandoned, Interview } from './interview.ts'
import { surveyText } from './server-survey.ts'

const DEFAULT_FILE = 'switchyard.yaml'
const ADMIN_PORT = 9000
/** There is no secret in it, and a service may run as another user. */
const READABLE = 0o644

export const initCommand: Command = {
  name: 'init',
  summary: 'Ask for servers, backups and checks, and write a configuration',
  operands: [],
  optionalOperands: ['file'],
  options: INIT_OPTIONS,
  notes: `
The file is switchyard.yaml unless named. What an option answers is not asked. The servers are
asked once, and it is said what they answered; they need not run. The configuration is shown,
and checked as by switchyard check, before it is written. Passwords and URLs of webhooks are
written as the names of environment variables, never themselves.

Exit codes:
  0   written
  1   stopped or declined: nothing was written
  2   nobody can be asked and --yes was not given, or the configuration would have problems
  3   the file is there and was not to be replaced, or cannot be written
  64  the command line is wrong`,
  run: initialise
}

async function initialise(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const isUnattended = input.options.has('yes')
  if (!isUnattended && (input.options.has('json') || input.options.has('force'))) {
    throw new UsageError('--json and --force go with --yes.')
  }
  const keyboard = isUnattended ? null : (terminal.openKeyboard?.() ?? null)
  if (!isUnattended && keyboard === null) {
    terminal.err(
      'switchyard init: Nobody can be asked here, because this is no terminal. Give --yes and --primary <addresses>.\n'
    )
    return EXIT.configuration
  }
  try {
    return await converse(input, terminal, keyboard)
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error
    terminal.out('\nNothing was written.\n')
    return EXIT.incomplete
  } finally {
    keyboard?.close()
  }
}

async function converse(
  input: CommandInput,
  terminal: Terminal,
  keyboard: Keyboard | null
): Promise<ExitCode> {
  const file = input.operands[0] ?? DEFAULT_FILE
  const interview = new Interview(input, terminal, keyboard)
  const isThere = await exists(file)
  if (isThere && !interview.hasSomebody && !input.options.has('force')) {
    terminal.err(`switchyard init: ${file} is there already. Give --force to replace it.\n`)
    return EXIT.notStarted
  }
  interview.say('Empty answers take what stands in brackets; Ctrl+C writes nothing.\n\n')
  const asked = await askEverything(interview, systemClock)
  const draft = await drafted(file, asked)
  if (!draft.result.ok) {
    tell(input, terminal, { draft, asked, isWritten: false })
    return EXIT.configuration
  }
  interview.say(`\n${draft.text}\n`)
  const question = isThere ? `${file} is there already. Replace it?` : `Write ${file}?`
  if (!(await interview.agrees(question, !isThere || !interview.hasSomebody))) {
    throw new Abandoned()
  }
  try {
    await replaceFile(file, draft.text, READABLE)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    terminal.err(`switchyard init: ${file} cannot be written: ${reason}.\n`)
    return EXIT.notStarted
  }
  tell(input, terminal, { draft, asked, isWritten: true })
  return EXIT.done
}

async function drafted(file: string, { answers }: Asked): Promise<ReadConfig> {
  const port = parseHostPort(answers.listen)?.port ?? 0
  const admin = await nextFreePort(ADMIN_PORT, [port])
  const text = initDocument(answers, admin === ADMIN_PORT ? null : admin)
  const baseDir = dirname(resolve(file))
  return { file, baseDir, text, result: loadConfig(text, { file, baseDir }) }
}

interface Outcome {
  readonly draft: ReadConfig
  readonly asked: Asked
  readonly isWritten: boolean
}

function tell(input: CommandInput, terminal: Terminal, outcome: Outcome): void {
  const { draft, asked, isWritten } = outcome
  const next = `switchyard run ${draft.file}`
  if (input.options.has('json')) {
    const { servers } = asked.survey
    const report = { isWritten, servers, text: draft.text, ...checkReport(draft), next }
    terminal.out(`${JSON.stringify(report, null, 2)}\n`)
    return
  }
  if (input.options.has('yes')) terminal.out(`${surveyText(asked.survey)}\n`)
  terminal.out(checkText(draft, terminal.isOutColoured))
  if (!isWritten) return
  const variables = variablesOf(asked)
  if (variables.length > 0) {
    terminal.out(`\nSet before it runs, for the notifications: ${variables.join(', ')}.\n`)
  }
  if (asked.answers.channels.some(({ type }) => type !== 'metrics')) {
    terminal.out(`\nTry them: switchyard notify test --config ${draft.file}\n`)
  }
  terminal.out(`\n${draft.file} is written. Next: ${next}\n`)
}

function variablesOf({ answers }: Asked): readonly string[] {
  return answers.channels.flatMap((channel) => {
    if (channel.type === 'webhook') return [channel.urlVariable]
    return channel.type === 'email' && channel.login ? [channel.login.passwordVariable] : []
  })
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false
  )
}
