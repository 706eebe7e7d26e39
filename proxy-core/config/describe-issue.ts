/** Validation issues as sentences for the person who mends the file. */
import type { z } from 'zod'
import type { ConfigPath } from '../model/config-problem.ts'
import { show, type ScalarIssueParams } from '../model/schema/scalar.ts'
import type { Finding } from './finding.ts'
import { describeUnknownKey } from './unknown-key.ts'

type Issue = z.core.$ZodIssue

/** `base`: where the issue's own path begins. Inputs must have been reported. */
export function describeIssue(issue: Issue, base: ConfigPath = []): readonly Finding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? '?' : step))]
  const place = { path, at: 'value' } as const
  if (isMissing(issue)) return [describeMissing(path)]
  switch (issue.code) {
    case 'custom':
      return [{ ...place, ...scalarFinding(issue) }]
    case 'unrecognized_keys':
      return issue.keys.map((key) => describeUnknownKey(path, key))
    case 'invalid_union':
      return describeUnion(issue, path)
    case 'invalid_type':
      return [
        { ...place, ...mismatch(WRITTEN_TYPES[issue.expected] ?? issue.expected, issue.input) }
      ]
    case 'invalid_value':
      return [
        {
          ...place,
          ...mismatch(issue.values.map((value) => show(value)).join(' or '), issue.input)
        }
      ]
    case 'too_small':
      return [
        {
          ...place,
          code: 'OUT_OF_RANGE',
          message: 'The list needs at least one entry.',
          hint: 'Take the key out if it shall not apply.'
        }
      ]
    case 'invalid_key':
      return [
        {
          ...place,
          at: 'key',
          code: 'BAD_VALUE',
          message: issue.issues[0]?.message ?? issue.message,
          hint: null
        }
      ]
    default:
      return [{ ...place, code: 'BAD_VALUE', message: `${issue.message}.`, hint: null }]
  }
}

const WRITTEN_TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text'
}

function isMissing(issue: Issue): boolean {
  return issue.input === undefined && issue.path.length > 0 && issue.code !== 'unrecognized_keys'
}

function describeMissing(path: ConfigPath): Finding {
  const parent = path.slice(0, -1)
  const key = String(path.at(-1))
  return {
    code: 'MISSING',
    path: parent,
    at: 'value',
    message: `\`${key}\` is missing.`,
    hint: `Add \`${key}\` here.`
  }
}

function scalarFinding(issue: Issue): Pick<Finding, 'code' | 'message' | 'hint'> {
  const params = (issue as { readonly params?: unknown }).params as ScalarIssueParams | undefined
  const { problem = 'BAD_VALUE', hint = null } = params ?? {}
  return { code: problem, message: issue.message, hint }
}

/**
 * The alternative that the author meant is the one whose kind fits: its issues lie deeper
 * than the value itself. Where none fits, the value is of the wrong kind for all.
 */
function describeUnion(
  issue: Extract<Issue, { readonly code: 'invalid_union' }>,
  path: ConfigPath
): readonly Finding[] {
  const meant = issue.errors.find((issues) => !issues.some(isAboutKind))
  if (meant !== undefined) return meant.flatMap((inner) => describeIssue(inner, path))
  const discriminator = 'discriminator' in issue ? issue.discriminator : undefined
  if (typeof discriminator === 'string') {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
    return [describeDiscriminator(discriminator, options, issue.input, path)]
  }
  const wrong = mismatch(alternativesOf(issue.errors), issue.input)
  return [{ path, at: 'value', ...wrong, hint: wrong.hint ?? scalarHint(issue.errors.flat()) }]
}

/** The advice of an alternative that is a scalar, such as "Write true." for `yes`. */
function scalarHint(issues: readonly Issue[]): string | null {
  const scalar = issues.find((issue) => issue.code === 'custom' && isAboutKind(issue))
  return scalar === undefined ? null : scalarFinding(scalar).hint
}

function isAboutKind(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys'
}

function describeDiscriminator(
  key: string,
  options: readonly unknown[],
  input: unknown,
  path: ConfigPath
): Finding {
  const isMapping = typeof input === 'object' && input !== null && !Array.isArray(input)
  if (!isMapping) return { path, at: 'value', ...mismatch('a mapping', input) }
  const at = path.at(-1) === key ? path : [...path, key]
  const value = (input as Readonly<Record<string, unknown>>)[key]
  const hint = options.length > 0 ? `Use one of ${options.map(String).join(', ')}.` : null
  if (value === undefined) return { ...describeMissing(at), hint }
  return {
    code: 'BAD_VALUE',
    path: at,
    at: 'value',
    message: `${show(value)} is not a known \`${key}\`.`,
    hint
  }
}

function alternativesOf(errors: readonly (readonly Issue[])[]): string {
  const kinds = errors.map((issues) => {
    const first = issues.find(isAboutKind)
    if (first?.code === 'invalid_type') return WRITTEN_TYPES[first.expected] ?? first.expected
    if (first?.code === 'invalid_value')
      return first.values.map((value) => show(value)).join(' or ')
    return /^Expected (.+), got /.exec(first?.message ?? '')?.[1] ?? 'another value'
  })
  return [...new Set(kinds)].join(' or ')
}

function mismatch(expected: string, value: unknown): Pick<Finding, 'code' | 'message' | 'hint'> {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value)
  const needsDash = expected === 'a list' && (isMapping || typeof value === 'string')
  const hint =
    value === null
      ? 'Give the key a value, or take it out.'
      : needsDash
        ? 'Put "- " before each entry.'
        : null
  return { code: 'WRONG_TYPE', message: `Expected ${expected}, got ${show(value)}.`, hint }
}
