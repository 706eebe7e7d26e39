/** `switchyard check`: everything that can be said of a configuration without running it. */
import { formatProblems } from '../../../proxy-core/config/format-problems.ts'
import { worstCases } from '../../../proxy-core/config/worst-case.ts'
import type { EngineSettings } from '../../../proxy-core/model/settings.ts'
import type { Command, CommandInput } from '../command.ts'
import { readConfig, type ReadConfig } from '../../config-file/config-file.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { detectionSentence } from './detection-sentence.ts'

export const checkCommand: Command = {
  name: 'check',
  summary: 'Read a configuration file and name every problem in it',
  operands: ['config'],
  options: [{ name: 'json', effect: 'Print one JSON object instead of text' }],
  notes: `
Nothing is started and no name is resolved. For every pool with a health check the time is
computed that passes before a failed backend is noticed and a healed one is used.

Exit codes:
  0   the file can be run; it may have warnings
  2   the file has problems or cannot be read
  64  the command line is wrong`,
  run: checkFile
}

async function checkFile(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const config = await readConfig(input.operands[0]!)
  if (input.options.has('json')) terminal.out(`${JSON.stringify(report(config), null, 2)}\n`)
  else terminal.out(text(config, terminal.isOutColoured))
  return config.result.ok ? EXIT.done : EXIT.configuration
}

function report({ file, result }: ReadConfig): unknown {
  return {
    file,
    isValid: result.ok,
    problems: result.ok ? [] : result.problems,
    warnings: result.warnings,
    summary: result.ok ? counts(result.settings) : null,
    detection: result.ok
      ? worstCases(result.settings).map((one) => ({ ...one, sentence: detectionSentence(one) }))
      : []
  }
}

function text({ file, text: source, result }: ReadConfig, colour: boolean): string {
  const findings = result.ok ? result.warnings : [...result.problems, ...result.warnings]
  const blocks = findings.length > 0 ? [formatProblems(findings, { colour, source })] : []
  if (!result.ok) {
    blocks.push(`${file} cannot be run: ${counted(result.problems.length, 'problem')}.`)
    return paragraphs(blocks)
  }
  const warnings = result.warnings.length
  const also = warnings > 0 ? `, with ${counted(warnings, 'warning')}` : ''
  blocks.push(`${file} can be run${also}: ${listed(counts(result.settings))}.`)
  const sentences = worstCases(result.settings).map(detectionSentence)
  if (sentences.length > 0) blocks.push(sentences.join('\n'))
  return paragraphs(blocks)
}

function paragraphs(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`
}

interface Counts {
  readonly listeners: number
  readonly routes: number
  readonly pools: number
  readonly backends: number
}

function counts({ listeners, routes, pools }: EngineSettings): Counts {
  return {
    listeners: listeners.length,
    routes: routes.length,
    pools: pools.length,
    backends: pools.reduce((sum, pool) => sum + pool.backends.length, 0)
  }
}

function listed({ listeners, routes, pools, backends }: Counts): string {
  return [
    counted(listeners, 'listener'),
    counted(routes, 'route'),
    counted(pools, 'pool'),
    counted(backends, 'backend')
  ].join(', ')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
