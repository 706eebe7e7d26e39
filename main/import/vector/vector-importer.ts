/**
 * Reads a configuration of Vector whose HTTP source feeds HTTP sinks, seed 000's among them, and
 * writes what it means. Every key of the file is accounted for: it became something, or it is said
 * why not. Facts about Vector are those of its documentation for 0.4x and of its sources.
 */
import type { ConfigProblem } from '../../../proxy-core/model/config-problem.ts'
import { ImportLedger } from '../import-ledger.ts'
import type { Importer, ImportResult, ImportSource } from '../importer.ts'
import { leavesOf, readToml, type TomlTable } from '../toml/toml-document.ts'
import { GLOBAL_NOTES } from './global-notes.ts'
import { noteOf } from './key-note.ts'
import { sourceKeyOf } from './source-key.ts'
import { Translation } from './translation.ts'
import { translateFlows } from './vector-flows.ts'
import { vectorYaml } from './vector-yaml.ts'

export const vectorImporter: Importer = {
  id: 'vector',
  title: 'Vector',
  recognises: (file) => /\.toml$/i.test(file),
  translate
}

const UNKNOWN_KEY = { why: 'It is no part of Vector’s configuration that is known here.' } as const

function translate({ file, text }: ImportSource): ImportResult {
  const reading = readToml(text)
  if (!reading.ok) {
    const { code, place, message, hint } = reading.problem
    return { ok: false, entries: [], problems: [{ code, file, ...place, path: '', message, hint }] }
  }
  const translation = new Translation(new ImportLedger(sourceKeyOf))
  const flows = translateFlows(reading.root, translation)
  leaveRest(reading.root, translation)
  const entries = translation.ledger.entries()
  if (flows.units.length === 0) return { ok: false, entries, problems: [nothingToDo(file)] }
  return { ok: true, entries, yaml: vectorYaml(file, flows) }
}

function leaveRest(root: TomlTable, { ledger }: Translation): void {
  for (const leaf of leavesOf(root)) {
    if (!ledger.has(leaf)) ledger.left(leaf, noteOf(GLOBAL_NOTES, leaf, null) ?? UNKNOWN_KEY)
  }
}

function nothingToDo(file: string): ConfigProblem {
  return {
    code: 'MISSING',
    file,
    line: null,
    column: null,
    width: 1,
    path: '',
    message:
      'No HTTP request takes its way through this file: no http sink takes from an http_server source.',
    hint: 'Import a file that has both, joined by `inputs`.'
  }
}
