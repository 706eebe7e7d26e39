/** Contract: no form in which a secret travels is left in a text, and ordinary words are. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secretParts, withoutSecrets } from './secret-words.ts'

test('a secret is masked as it is, percent-encoded and in base64', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 80 }), fc.string(), (secret, around) => {
      const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
      for (const form of forms) {
        const masked = withoutSecrets(`${around} ${form} end`, [secret])
        fc.pre(!`${around}  end`.includes(form))
        expect(masked).not.toContain(form)
      }
    })
  )
})

test('what is too short to be one is left alone', () => {
  expect(withoutSecrets('a bad day', ['a', null, ''])).toBe('a bad day')
})

test('every part of a URL that could be a secret is one, and the host of a known service is not', () => {
  expect(secretParts('https://u:pass@hooks.slack.com/services/T000/XXXX?k=v')).toEqual(
    expect.arrayContaining(['/services/T000/XXXX?k=v', 'XXXX', 'T000', 'pass', 'k=v'])
  )
  for (const host of ['hooks.slack.com', 'hooks.slack-gov.com', 'discord.com']) {
    expect(secretParts(`https://${host}/x`)).not.toContain(host)
  }
  expect(secretParts('https://a1b2c3.example.net/x')).toContain('a1b2c3.example.net')
  expect(secretParts('no url')).toEqual(['no url'])
})
