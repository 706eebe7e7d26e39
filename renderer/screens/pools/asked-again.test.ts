/** Contract: what is shown is the newest answer to the newest question. */
import { describe, expect, test } from 'vitest'
import { AskedAgain } from './asked-again.svelte.ts'

interface Question {
  readonly signal: AbortSignal
  readonly answer: (value: string) => Promise<void>
  readonly fail: () => Promise<void>
}

function host(): { questions: Question[]; ask: (signal: AbortSignal) => Promise<string> } {
  const questions: Question[] = []
  return {
    questions,
    ask: (signal) =>
      new Promise((resolve, reject) => {
        const settle = async (run: () => void): Promise<void> => {
          run()
          await new Promise(setImmediate)
        }
        questions.push({
          signal,
          answer: (value) => settle(() => resolve(value)),
          fail: () => settle(() => reject(new Error('no engine')))
        })
      })
  }
}

describe('an answer', () => {
  test('is waited for, and is there then', async () => {
    const { questions, ask } = host()
    const asked = new AskedAgain<string>()
    asked.ask('a', ask)
    expect(asked.answer.kind).toBe('waiting')
    await questions[0]!.answer('one')
    expect(asked.value).toBe('one')
  })

  test('stays while a newer one is on its way, and when that one fails', async () => {
    const { questions, ask } = host()
    const asked = new AskedAgain<string>()
    asked.ask('a', ask)
    await questions[0]!.answer('one')
    asked.ask('a', ask)
    expect(asked.value).toBe('one')
    await questions[1]!.fail()
    expect(asked.value).toBe('one')
  })

  test('is asked for once more, however often it fell due meanwhile', async () => {
    const { questions, ask } = host()
    const asked = new AskedAgain<string>()
    for (let time = 0; time < 5; time++) asked.ask('a', ask)
    expect(questions).toHaveLength(1)
    await questions[0]!.answer('one')
    expect(questions).toHaveLength(2)
    await questions[1]!.answer('two')
    expect(questions).toHaveLength(2)
    expect(asked.value).toBe('two')
  })

  test('about something else takes the old one away at once and cancels its question', async () => {
    const { questions, ask } = host()
    const asked = new AskedAgain<string>()
    asked.ask('a', ask)
    asked.ask('b', ask)
    expect(questions[0]!.signal.aborted).toBe(true)
    await questions[0]!.answer('about a')
    expect(asked.answer.kind).toBe('waiting')
    await questions[1]!.answer('about b')
    expect(asked.value).toBe('about b')
  })

  test('that never came is a failure', async () => {
    const { questions, ask } = host()
    const asked = new AskedAgain<string>()
    asked.ask('a', ask)
    await questions[0]!.fail()
    expect(asked.answer).toMatchObject({ kind: 'failed' })
  })
})
