/** The help texts, made from what the commands say of themselves. */
import type { Command, OptionSpec } from './command.ts'
import { HELP } from './command-line.ts'

export function overview(commands: readonly Command[], version: string): string {
  const listed = commands.filter((command) => !command.isInternal)
  return [
    `Switchyard ${version}: an HTTP load balancer with health checks and failover.`,
    '',
    'Usage: switchyard <command> [options]',
    '',
    'Commands:',
    ...columns(listed.map((command) => [synopsis(command), command.summary])),
    '',
    'Options:',
    ...columns([
      ['--help', 'Show this help, or that of a command'],
      ['--version', 'Show the version']
    ]),
    '',
    'Start with: switchyard init',
    ''
  ].join('\n')
}

export function commandHelp(command: Command): string {
  return [
    `${command.summary}.`,
    '',
    `Usage: switchyard ${synopsis(command)} [options]`,
    '',
    'Options:',
    ...columns([...command.options, HELP].map((spec) => [optionForm(spec), `${spec.effect}`])),
    '',
    command.notes.trim(),
    ''
  ].join('\n')
}

function synopsis(command: Command): string {
  return [
    command.name,
    ...command.operands.map((operand) => `<${operand}>`),
    ...(command.optionalOperands ?? []).map((operand) => `[${operand}]`)
  ].join(' ')
}

function optionForm(spec: OptionSpec): string {
  return spec.value === undefined ? `--${spec.name}` : `--${spec.name} ${spec.value}`
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
