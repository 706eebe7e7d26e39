/** Limits on documents, whether they come as text or over the control protocol. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { Finding } from './finding.ts'

/** Mappings and lists inside one another; the schema needs nine. */
export const MAX_DEPTH = 32

/** Names through which an assignment could reach Object.prototype. */
export const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** The faults of a document that came without text. Ends on cyclic documents too. */
export function findUnsafe(document: unknown): readonly Finding[] {
  const findings: Finding[] = []
  visit(document, [], findings)
  return findings
}

function visit(value: unknown, path: ConfigPath, findings: Finding[]): void {
  if (typeof value !== 'object' || value === null) return
  // One such finding says it all: a cycle would add one for each way around.
  if (findings.some((finding) => finding.code === 'LIMIT')) return
  if (path.length > MAX_DEPTH) {
    const message = `The document is nested deeper than ${String(MAX_DEPTH)} levels.`
    findings.push({ code: 'LIMIT', path: [], at: 'value', message, hint: null })
    return
  }
  for (const key of Object.keys(value)) {
    const step = Array.isArray(value) ? Number(key) : key
    const at = [...path, step]
    if (UNSAFE_KEYS.has(key)) {
      const message = `The key ${JSON.stringify(key)} is not allowed.`
      findings.push({ code: 'UNSAFE_KEY', path: at, at: 'key', message, hint: null })
    } else visit((value as Readonly<Record<string, unknown>>)[key], at, findings)
  }
}
