/**
 * Secrets in comments, such as an option that somebody has switched off for a while: found by the
 * keys of secrets, as in a text that is no YAML.
 */
import { CST, Lexer } from 'yaml'
import { secretLines, type SecretLine } from './secret-lines.ts'

export interface Comment {
  readonly start: number
  /** With its number sign, without the line break. */
  readonly text: string
}

export interface CommentSecret extends SecretLine {
  readonly comment: Comment
}

/** In the order of the text, which is YAML. */
export function commentsOf(text: string): readonly Comment[] {
  const comments: Comment[] = []
  let start = 0
  let isScalar = false
  for (const token of new Lexer().lex(text)) {
    if (MARKERS.has(token)) {
      isScalar = token === CST.SCALAR
      continue
    }
    // A block of text may begin with a number sign.
    if (!isScalar && token.startsWith('#')) comments.push({ start, text: token })
    start += token.length
    isScalar = false
  }
  return comments
}

/** What the lexer says between the pieces of the text. */
const MARKERS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR])

export function commentSecrets(comments: readonly Comment[]): readonly CommentSecret[] {
  return comments.flatMap((comment) =>
    secretLines(comment.text).map((secret) => ({
      ...secret,
      start: comment.start + secret.start,
      end: comment.start + secret.end,
      comment
    }))
  )
}
