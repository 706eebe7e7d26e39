/** Reads a statistics CSV by column name, as monitoring tools do. For tests. */

export type CsvRow = Readonly<Record<string, string>>

export interface CsvTable {
  readonly columns: readonly string[]
  readonly rows: readonly CsvRow[]
}

/** Throws when a row has another number of fields than the header. */
export function readStatsCsv(text: string): CsvTable {
  const [header, ...lines] = text.trimEnd().split('\n')
  if (!header?.startsWith('# ')) throw new Error('The header begins with "# ".')
  const columns = splitLine(header.slice(2))
  const rows = lines.map((line) => {
    const fields = splitLine(line)
    if (fields.length !== columns.length) {
      throw new Error(`${fields.length} fields under ${columns.length} columns: ${line}`)
    }
    return Object.fromEntries(columns.map((column, index) => [column, fields[index]!]))
  })
  return { columns, rows }
}

function splitLine(line: string): string[] {
  const fields: string[] = []
  for (const [, quoted, plain] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)) {
    fields.push(quoted?.replaceAll('""', '"') ?? plain!)
  }
  return fields
}
