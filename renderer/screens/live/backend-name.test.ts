/** The demo's backends are called by name everywhere; others keep their addresses. */
import { expect, test } from 'vitest'
import { backendName, withBackendNames } from './backend-name.ts'

const DEMO = {
  backends: [
    { name: 'demo-1', address: '127.0.0.1:9001', isRunning: true },
    { name: 'demo-2', address: '127.0.0.1:9002', isRunning: false }
  ],
  listenerUrl: 'http://127.0.0.1:8080/',
  rateRps: 50
}

test('a backend of the demo has its name, another one its address', () => {
  expect(backendName('127.0.0.1:9002', DEMO)).toBe('demo-2')
  expect(backendName('10.0.0.1:80', DEMO)).toBe('10.0.0.1:80')
  expect(backendName('10.0.0.1:80', null)).toBe('10.0.0.1:80')
})

test('sentences speak of the demo by name', () => {
  const sentence = '127.0.0.1:9002 is down, traffic moved to 127.0.0.1:9001.'
  expect(withBackendNames(sentence, DEMO)).toBe('demo-2 is down, traffic moved to demo-1.')
  expect(withBackendNames(sentence, undefined)).toBe(sentence)
})
