/** From the words of a command line to a command's input, or to a sentence about what is wrong. */
import { parseArgs } from 'node:util'
import { nearestName } from '../../proxy-core/model/schema/nearest-name.ts'
import { UsageError, type Command, type CommandInput, type OptionSpec } from './command.ts'

export const HELP: OptionSpec = { name: 'help', effect: 'Show this help' }

/** Throws UsageError. `help` among the options means that nothing else was checked. */
export function parseCommandLine(command: Command, words: readonly string[]): CommandInput {
  const specs = [...command.options, HELP]
  const { tokens } = parseArgs({
    args: [...words],
    options: {
      ...Object.fromEntries(specs.map((spec) => [spec.name, { type: kindOf(spec) }])),
      help: { type: 'boolean', short: 'h' }
    },
    // Strict mode would throw Node's own sentences, which name no nearest option.
    strict: false,
    allowPositionals: true,
    tokens: true
  })
  const options = new Map<string, string | true>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    else if (token.kind === 'option') addOption(options, specs, token)
  }
  if (!options.has('help')) checkOperands(command, operands)
  return { operands, options }
}

export function unknownWord(noun: string, word: string, known: readonly string[]): UsageError {
  const nearest = nearestName(word, known)
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return new UsageError(`There is no ${noun} ${word}.${hint}`)
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function addOption(
  options: Map<string, string | true>,
  specs: readonly OptionSpec[],
  { name, rawName, value }: OptionToken
): void {
  const spec = specs.find((candidate) => candidate.name === name)
  if (!spec) {
    throw unknownWord(
      'option',
      rawName,
      specs.map((candidate) => `--${candidate.name}`)
    )
  }
  if (options.has(name)) throw new UsageError(`The option ${rawName} is given twice.`)
  options.set(name, checkedValue(spec, rawName, value))
}

function checkedValue(spec: OptionSpec, rawName: string, value: string | undefined): string | true {
  if (spec.value === undefined) {
    if (value === undefined) return true
    throw new UsageError(`The option ${rawName} takes no value.`)
  }
  // `--instance --json`: parseArgs hands over the next option as the value.
  if (value === undefined || value.startsWith('--')) {
    throw new UsageError(`The option ${rawName} needs a value: ${rawName} ${spec.value}.`)
  }
  if (spec.choices && !spec.choices.includes(value)) {
    throw new UsageError(`The option ${rawName} takes ${spec.choices.join(' or ')}, not ${value}.`)
  }
  return value
}

function checkOperands(command: Command, operands: readonly string[]): void {
  const missing = command.operands[operands.length]
  if (missing !== undefined) {
    throw new UsageError(`The command ${command.name} needs <${missing}>.`)
  }
  const most = command.operands.length + (command.optionalOperands?.length ?? 0)
  const extra = operands[most]
  if (extra !== undefined) {
    throw new UsageError(`The command ${command.name} does not know what to do with ${extra}.`)
  }
}

function kindOf(spec: OptionSpec): 'string' | 'boolean' {
  return spec.value === undefined ? 'boolean' : 'string'
}
