/** `switchyard import`: from the configuration of another system to one of this, and a report. */
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { formatProblems } from '../../../proxy-core/config/format-problems.ts'
import { loadConfig } from '../../../proxy-core/config/load-config.ts'
import { readText } from '../../config-file/config-file.ts'
import { replaceFile } from '../../console/workspace/file-write.ts'
import {
  countOfLeft,
  refusalText,
  reportText,
  type ImportReport
} from '../../import/import-report.ts'
import type { Importer, ImportResult, ImportSource } from '../../import/importer.ts'
import { IMPORTERS } from '../../import/importers.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

const FORMATS = IMPORTERS.map(({ id }) => id)
/** There is no secret in it, and a service may run as another user. */
const READABLE = 0o644

export const importCommand: Command = {
  name: 'import',
  summary: 'Translate the configuration of another system, and say what has no counterpart',
  operands: ['file'],
  options: [
    {
      name: 'from',
      value: FORMATS.join('|'),
      choices: FORMATS,
      effect: 'What the file was written for [by its name: *.toml is of Vector]'
    },
    { name: 'output', value: '<file>', effect: 'Write the configuration here [standard output]' },
    { name: 'force', effect: 'With --output, replace a file that is there' },
    { name: 'json', effect: 'Print one JSON object with the configuration and the report' }
  ],
  notes: `
The configuration goes to standard output, the report to standard error. Each line of the file
that has no counterpart is reported: why, what the other system makes of it, and what to do
instead; and so is each line that does something else now. Secrets are neither taken over nor
shown.

Exit codes:
  0   every line was translated
  1   translated, some lines were left
  2   the file cannot be read, is broken, or has nothing that could be translated
  3   the file of --output is there and was not to be replaced, or cannot be written
  64  the command line is wrong`,
  run: importFile
}

async function importFile(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const file = input.operands[0]!
  const output = outputOf(input, file)
  const importer = importerOf(input, file)
  const source = { file, text: await readText(file) }
  const result = checked(importer.translate(source), output ?? file)
  const style = { isColoured: terminal.isErrColoured }
  if (!result.ok) {
    if (input.options.has('json')) terminal.out(jsonOf(importer, source, result, null))
    else terminal.err(refusal(importer, source, result, style))
    return EXIT.configuration
  }
  if (output !== null) {
    const reason = await write(output, result.yaml, input.options.has('force'))
    if (reason !== null) {
      terminal.err(`switchyard import: ${reason}\n`)
      return EXIT.notStarted
    }
  }
  if (input.options.has('json')) terminal.out(jsonOf(importer, source, result, output))
  else {
    if (output === null) terminal.out(result.yaml)
    const next = output === null ? '' : `\n${output} is written. Next: switchyard check ${output}\n`
    terminal.err(`${reportText(importer, source, result.entries, style)}${next}`)
  }
  return countOfLeft(result.entries) === 0 ? EXIT.done : EXIT.incomplete
}

function outputOf(input: CommandInput, file: string): string | null {
  const output = valueOf(input, 'output')
  if (output === undefined) {
    if (input.options.has('force')) throw new UsageError('--force goes with --output.')
    return null
  }
  if (resolve(output) === resolve(file)) {
    throw new UsageError(`--output ${output} is the file that is read.`)
  }
  return output
}

function importerOf(input: CommandInput, file: string): Importer {
  const id = valueOf(input, 'from')
  const found = IMPORTERS.find((one) => (id === undefined ? one.recognises(file) : one.id === id))
  if (found !== undefined) return found
  const isYaml = /\.ya?ml$|\.json$/i.test(file)
  const also = isYaml
    ? ' A YAML or JSON file of Vector becomes TOML with vector convert-config.'
    : ''
  throw new UsageError(
    `It cannot be told from the name what ${file} was written for; say it with --from ${FORMATS.join('|')}.${also}`
  )
}

/** What came out must load: otherwise its problems are those of the import. */
function checked(result: ImportResult, file: string): ImportResult {
  if (!result.ok) return result
  const loaded = loadConfig(result.yaml, {
    file: 'translated.yaml',
    baseDir: dirname(resolve(file))
  })
  return loaded.ok ? result : { ok: false, problems: loaded.problems, entries: result.entries }
}

function refusal(
  importer: Importer,
  source: ImportSource,
  { problems, entries }: Extract<ImportResult, { readonly ok: false }>,
  style: { readonly isColoured: boolean }
): string {
  const isOfSource = problems.every(({ file }) => file === source.file)
  const said = isOfSource
    ? refusalText(source, problems, style)
    : `${formatProblems(problems, { colour: style.isColoured })}\n`
  if (entries.length === 0) return `${said}\nNothing was translated.\n`
  return `${said}\n${reportText(importer, source, entries, style)}`
}

/** Null, or a sentence about why not. */
async function write(file: string, yaml: string, isForced: boolean): Promise<string | null> {
  try {
    if (isForced) await replaceFile(file, yaml, READABLE)
    // `wx` is one step: nobody can put a file there between a look and the writing.
    else await writeFile(file, yaml, { flag: 'wx', mode: READABLE })
    return null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return `${file} is there already. Give --force to replace it.`
    }
    const reason = error instanceof Error ? error.message : String(error)
    return `${file} cannot be written: ${reason}.`
  }
}

function jsonOf(
  { id }: Importer,
  { file }: ImportSource,
  result: ImportResult,
  output: string | null
): string {
  const { entries } = result
  const left = countOfLeft(entries)
  const report: ImportReport = {
    file,
    from: id,
    isTranslated: result.ok,
    problems: result.ok ? [] : result.problems,
    summary: { translated: entries.length - left, left },
    entries,
    yaml: result.ok ? result.yaml : null,
    output
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
