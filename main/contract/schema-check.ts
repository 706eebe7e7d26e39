/** Values against the contract's schemas, with the places that do not fit. */
import type { z } from 'zod'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** Enough to mend a call; more would only be long. */
const MAX_ISSUES = 10

/** Throws ARGUMENTS_INVALID with the first wrong fields in `details.issues`. */
export function checkedArguments(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = issuesOf(parsed.error)
  const message = `The arguments of ${name} do not fit: ${sentenceOf(issues[0])}.`
  throw new SwitchyardError('ARGUMENTS_INVALID', message, { issues })
}

/** For what this side made itself: throws an Error, because it is a defect. */
export function checked(subject: string, schema: z.ZodType, value: unknown): void {
  const parsed = schema.safeParse(value)
  if (parsed.success) return
  const issues = issuesOf(parsed.error).map(sentenceOf)
  throw new Error(`${subject} does not fit the contract: ${issues.join('; ')}`)
}

interface Issue {
  readonly path: string
  readonly message: string
}

function issuesOf(error: z.ZodError): readonly Issue[] {
  return error.issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
}

function sentenceOf(issue: Issue | undefined): string {
  if (issue === undefined) return 'the value'
  return issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`
}
