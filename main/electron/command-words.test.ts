/** What of the application's command line is a command, and what opens the window. */
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { commandWords, forwardedWords } from './command-words.ts'

describe('commandWords', () => {
  test.each([
    ['nothing', []],
    ["Chromium's switches", ['--ozone-platform=wayland', '--disable-gpu']],
    ["Playwright's switches", ['--inspect=0', '--remote-debugging-port=0']],
    ['the console', ['console']],
    ['the console in a window', ['console', '--host', 'electron']],
    ['the console in a window, in one word', ['console', '--host=electron']],
    ['the console without a browser', ['console', '--no-open']],
    ['a window, whatever the port', ['console', '--host', 'electron', '--port', '1']],
    ['a window, whatever the order', ['console', '--port=1', '--no-open', '--host=electron']]
  ])('opens the window for %s', (_what, given) => {
    expect(commandWords(['/opt/switchyard', ...given], false)).toEqual([])
    expect(commandWords(['electron', '.', ...given], true)).toEqual([])
  })

  test.each([
    [['run', 'a.yaml', '--log-format', 'json']],
    [['check', 'a.yaml']],
    [['console', '--host', 'web']],
    [['console', '--port', '9100']],
    [['console', '--port', '9100', '--no-open']],
    [['console', '--host', 'electron', '--help']],
    [['console', '--host', 'electron', 'operand']],
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

  test('takes the folder of an application for no command where the binary is a packaged one', () => {
    expect(commandWords(['/opt/switchyard', '--user-data-dir=/a', tmpdir()], false)).toEqual([])
    expect(commandWords(['/opt/switchyard', tmpdir(), 'check', 'a.yaml'], false)).toEqual([
      'check',
      'a.yaml'
    ])
    expect(commandWords(['/opt/switchyard', '/absent/folder'], false)).toEqual(['/absent/folder'])
  })
})

describe('forwardedWords', () => {
  test.each([
    [['console', '--port', '9100']],
    [['console', '--port', '9100', '--no-open']],
    [['console', '--no-opne']]
  ])('sends %j to a browser, because the window is no command', (words) => {
    expect(forwardedWords(words)).toEqual([...words, '--host', 'web'])
  })

  test.each([
    [['console', '--host', 'web']],
    [['console', '--host=web']],
    [['console', '--url']],
    [['console', '--help']],
    [['run', 'a.yaml']],
    [['--version']]
  ])('leaves %j as it is', (words) => {
    expect(forwardedWords(words)).toEqual(words)
  })
})
