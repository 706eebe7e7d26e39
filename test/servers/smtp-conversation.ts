/** One connection of the SMTP sink: reads lines, answers each, keeps the mail. */
import type { Duplex } from 'node:stream'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** As sent, with dots unstuffed. */
  readonly raw: string
  readonly isEncrypted: boolean
  /** null: no log-in. */
  readonly user: string | null
}

/** What the server answers in place of its own words; null: it never answers. */
export interface SmtpScript {
  readonly greeting?: string | null
  readonly mail?: string | null
  readonly recipient?: (address: string) => string | null
  readonly data?: string | null
  /** After the mail. */
  readonly end?: string | null
}

export interface SmtpConversationParts {
  readonly isEncrypted: boolean
  /** null: STARTTLS is not offered. */
  readonly upgrade: (() => Duplex) | null
  readonly login: { readonly user: string; readonly password: string } | null
  script(): SmtpScript
  onMail(mail: ReceivedMail): void
  onCommand(line: string): void
  onViolation(violation: string): void
}

const MAX_LINE = 2000

export class SmtpConversation {
  readonly #parts: SmtpConversationParts
  #stream: Duplex
  #isEncrypted: boolean
  #buffered = ''
  #isGreeted = false
  #user: string | null = null
  /** Takes the next line in place of the commands: a log-in in several steps. */
  #next: ((line: string) => void) | null = null
  #from: string | null = null
  #to: string[] = []
  #lines: string[] | null = null

  constructor(stream: Duplex, parts: SmtpConversationParts) {
    this.#stream = stream
    this.#parts = parts
    this.#isEncrypted = parts.isEncrypted
    this.#listen(stream)
    const { greeting = '220 sink.test ESMTP' } = parts.script()
    this.#say(greeting)
  }

  #listen(stream: Duplex): void {
    stream.setEncoding('latin1')
    stream.on('data', (text: string) => {
      if (stream === this.#stream) this.#take(text)
    })
  }

  #take(text: string): void {
    this.#buffered += text
    for (let end = this.#buffered.indexOf('\n'); end >= 0; end = this.#buffered.indexOf('\n')) {
      const line = this.#buffered.slice(0, end)
      this.#buffered = this.#buffered.slice(end + 1)
      if (!line.endsWith('\r')) this.#parts.onViolation(`A bare line feed after ${line}.`)
      this.#takeLine(line.replace(/\r$/, ''))
    }
    if (this.#buffered.length > MAX_LINE) this.#parts.onViolation('An endless line.')
  }

  #takeLine(line: string): void {
    if (this.#lines !== null) return this.#takeContent(line)
    const next = this.#next
    this.#next = null
    if (next !== null) return next(line)
    this.#parts.onCommand(line)
    const [verb = '', ...rest] = line.split(' ')
    this.#obey(verb.toUpperCase(), rest.join(' '))
  }

  #obey(verb: string, rest: string): void {
    switch (verb) {
      case 'EHLO':
        this.#isGreeted = true
        return this.#sayCapabilities()
      case 'HELO':
        this.#isGreeted = true
        return this.#say('250 sink.test')
      case 'STARTTLS':
        return this.#encrypt()
      case 'AUTH':
        return this.#logIn(rest)
      case 'MAIL':
        return this.#beginMail(rest)
      case 'RCPT':
        return this.#addRecipient(rest)
      case 'DATA':
        return this.#beginContent()
      case 'RSET':
        this.#forget()
        return this.#say('250 2.0.0 Reset')
      case 'NOOP':
        return this.#say('250 2.0.0 Nothing')
      case 'QUIT':
        this.#say('221 2.0.0 Bye')
        this.#stream.end()
        return
      default:
        this.#say('500 5.5.2 Unknown command')
    }
  }

  get #isOpenToMail(): boolean {
    return this.#parts.upgrade === null || this.#isEncrypted
  }

  #sayCapabilities(): void {
    const login = this.#isOpenToMail ? ['AUTH PLAIN LOGIN'] : []
    const starttls = this.#parts.upgrade !== null && !this.#isEncrypted ? ['STARTTLS'] : []
    const words = ['sink.test', 'SIZE 1000000', '8BITMIME', ...starttls, ...login]
    const last = words.length - 1
    this.#say(words.map((word, index) => `250${index === last ? ' ' : '-'}${word}`).join('\r\n'))
  }

  #encrypt(): void {
    const { upgrade } = this.#parts
    if (upgrade === null || this.#isEncrypted) return this.#say('503 5.5.1 Not now')
    // RFC 3207 section 5: what was pipelined after the command is nobody's.
    if (this.#buffered !== '') this.#parts.onViolation('Something was sent after STARTTLS.')
    this.#say('220 2.0.0 Ready')
    this.#stream.removeAllListeners('data')
    this.#stream = upgrade()
    this.#isEncrypted = true
    this.#isGreeted = false
    this.#buffered = ''
    this.#forget()
    this.#listen(this.#stream)
  }

  #logIn(rest: string): void {
    if (!this.#isOpenToMail) {
      this.#parts.onViolation('A log-in without encryption.')
      return this.#say('538 5.7.11 Encryption required')
    }
    const [mechanism = '', initial] = rest.split(' ')
    if (mechanism.toUpperCase() === 'PLAIN') {
      const judge = (line: string): void => {
        const [, user = '', password = ''] = decoded(line).split('\0')
        this.#judge(user, password)
      }
      if (initial !== undefined) return judge(initial)
      this.#next = judge
      return this.#say('334 ')
    }
    if (mechanism.toUpperCase() !== 'LOGIN') return this.#say('504 5.5.4 Unknown mechanism')
    this.#next = (user) => {
      this.#next = (password) => this.#judge(decoded(user), decoded(password))
      this.#say('334 UGFzc3dvcmQ6')
    }
    this.#say('334 VXNlcm5hbWU6')
  }

  #judge(user: string, password: string): void {
    const { login } = this.#parts
    const isGood = login === null || (login.user === user && login.password === password)
    if (isGood) this.#user = user
    // As some servers do, with what it was given: nobody may log that.
    this.#say(isGood ? '235 2.7.0 Welcome' : `535 5.7.8 ${user} with ${password} is unknown here`)
  }

  #beginMail(rest: string): void {
    if (!this.#isGreeted) return this.#say('503 5.5.1 Say EHLO first')
    if (!this.#isOpenToMail) {
      this.#parts.onViolation('A mail without encryption.')
      return this.#say('530 5.7.0 Encryption required')
    }
    if (this.#parts.login !== null && this.#user === null)
      return this.#say('530 5.7.0 Log in first')
    const answer = this.#parts.script().mail
    if (answer !== undefined) return this.#say(answer)
    this.#from = /^FROM:<([^>]*)>/i.exec(rest)?.[1] ?? ''
    this.#say('250 2.1.0 OK')
  }

  #addRecipient(rest: string): void {
    if (this.#from === null) return this.#say('503 5.5.1 Say MAIL first')
    const address = /^TO:<([^>]*)>/i.exec(rest)?.[1] ?? ''
    const answer = this.#parts.script().recipient?.(address)
    if (answer !== undefined) return this.#say(answer)
    this.#to.push(address)
    this.#say('250 2.1.5 OK')
  }

  #beginContent(): void {
    if (this.#to.length === 0) return this.#say('503 5.5.1 Nobody shall get it')
    const answer = this.#parts.script().data
    if (answer !== undefined) return this.#say(answer)
    this.#lines = []
    this.#say('354 Go on')
  }

  #takeContent(line: string): void {
    const lines = this.#lines!
    if (line !== '.') {
      lines.push(line.startsWith('.') ? line.slice(1) : line)
      return
    }
    const mail = {
      ...{ from: this.#from!, to: [...this.#to], raw: `${lines.join('\r\n')}\r\n` },
      ...{ isEncrypted: this.#isEncrypted, user: this.#user }
    }
    this.#forget()
    const { end } = this.#parts.script()
    if (end !== undefined) return this.#say(end)
    this.#parts.onMail(mail)
    this.#say('250 2.0.0 Queued as 42')
  }

  #forget(): void {
    this.#from = null
    this.#to = []
    this.#lines = null
  }

  #say(text: string | null): void {
    if (text !== null && this.#stream.writable) this.#stream.write(`${text}\r\n`)
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
