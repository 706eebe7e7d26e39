/** What of the application's command line is a command, and what opens the window. */
import { describe, expect, test } from 'vitest'
import { commandWords } from './command-words.ts'

describe('commandWords', () => {
  test.each([
    ['nothing', []],
    ["Chromium's switches", ['--ozone-platform=wayland', '--disable-gpu']],
    ["Playwright's switches", ['--inspect=0', '--remote-debugging-port=0']],
    ['the console', ['console']],
    ['the console in a window', ['console', '--host', 'electron']],
    ['the console in a window, in one word', ['console', '--host=electron']]
  ])('opens the window for %s', (_what, given) => {
    expect(commandWords(['/opt/switchyard', ...given], false)).toEqual([])
    expect(commandWords(['electron', '.', ...given], true)).toEqual([])
  })

  test.each([
    [['run', 'a.yaml', '--log-format', 'json']],
    [['check', 'a.yaml']],
    [['console', '--host', 'web']],
    [['console', '--host', 'electron', '--port', '1']],
    [['console', '--url']],
    [['console', '--help']],
    [['--version']],
    [['-h']],
    [['frobnicate']]
  ])('passes %j on', (given) => {
    expect(commandWords(['/opt/switchyard', ...given], false)).toEqual(given)
    expect(commandWords(['electron', '.', ...given], true)).toEqual(given)
    const switched = ['/opt/switchyard', '--ozone-platform=headless', ...given]
    expect(commandWords(switched, false)).toEqual(given)
  })

  test('finds the folder of the application behind the switches', () => {
    expect(commandWords(['electron', '--inspect=0', '.', 'run', 'a.yaml'], true)).toEqual([
      'run',
      'a.yaml'
    ])
  })
})
