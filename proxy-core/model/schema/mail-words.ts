/** Leaves that stand in the head of a mail, where a line break would begin another field. */
import type { z } from 'zod'
import { SUBJECT_PLACEHOLDERS } from '../notification-settings.ts'
import { nearestName } from './nearest-name.ts'
import { scalar, show, wrongType } from './scalar.ts'
import { quoted } from './words.ts'

const MAX_ADDRESS = 254
const MAX_SUBJECT = 200
/** dot-atom "@" dot-atom of RFC 5322, with letters beyond ASCII (RFC 6531). No quoted local part. */
const ADDRESS =
  /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u
const NAMED = /^([^<>"\\]{1,200}?) *<([^<>]+)>$/
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/
const PLACEHOLDER = /\{([^{}]*)\}/g

export function isMailAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS && ADDRESS.test(text)
}

/** `ops@example.com`, or where it may have a name, `Operations <ops@example.com>`. */
export function mailAddress({ mayHaveName }: { readonly mayHaveName: boolean }): z.ZodType<string> {
  const syntax = mayHaveName ? '<address> | <name> <<address>>' : '<address>'
  return scalar({ syntax, json: { type: 'string', minLength: 3 } }, (value) => {
    if (typeof value !== 'string') return wrongType('a mail address', value, quoted(value))
    const named = mayHaveName ? NAMED.exec(value) : null
    if (!CONTROL.test(value) && isMailAddress(named?.[2] ?? value)) return { value }
    const form = mayHaveName ? 'ops@example.com or "Ops <ops@example.com>"' : 'ops@example.com'
    return {
      code: 'BAD_VALUE',
      message: `${show(value)} is not a mail address.`,
      hint: `Write it as ${form}.`
    }
  })
}

/** One line of text with placeholders in braces, all of them known. */
export function subjectTemplate(): z.ZodType<string> {
  const json = { type: 'string', minLength: 1, maxLength: MAX_SUBJECT }
  return scalar({ syntax: '<text>', json }, (value) => {
    if (typeof value !== 'string') return wrongType('a subject', value, 'Put it in quotes.')
    if (value === '' || value.length > MAX_SUBJECT || CONTROL.test(value)) {
      return {
        code: 'BAD_VALUE',
        message: `A subject is one line of 1 to ${String(MAX_SUBJECT)} characters.`
      }
    }
    const known: readonly string[] = SUBJECT_PLACEHOLDERS
    const unknown = [...value.matchAll(PLACEHOLDER)]
      .map(([, word]) => word!)
      .find((word) => !known.includes(word))
    if (unknown === undefined) return { value }
    const near = nearestName(unknown, known)
    const list = known.map((word) => `{${word}}`).join(', ')
    return {
      code: 'BAD_VALUE',
      message: `{${unknown}} is no placeholder of a subject.`,
      hint: near === undefined ? `There are ${list}.` : `Did you mean {${near}}?`
    }
  })
}
