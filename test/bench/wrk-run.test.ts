/** Contract: the one line that the wrk script prints becomes a result, anything else an error. */
import { expect, it } from 'vitest'
import { parseWrkOutput } from './wrk-run.ts'

const ERRORS = '"errors":{"connect":1,"read":2,"write":0,"status":3,"timeout":4}'

it('reads rate, latencies and the sum of all errors', () => {
  const output = `Running 1s test\nRESULT {"requests":3000,"durationUs":1500000,"bytes":9,"p50Us":1100.0,"p99Us":2500.5,${ERRORS}}\n`
  expect(parseWrkOutput(output)).toEqual({
    requests: 3000,
    requestsPerSecond: 2000,
    p50Ms: 1.1,
    p99Ms: 2.5005,
    errors: 10
  })
})

it('refuses a run without a result, and shows what wrk said', () => {
  expect(() => parseWrkOutput('unable to connect to 127.0.0.1:1')).toThrow('unable to connect')
})

it('refuses a run without a single answer', () => {
  const output = `RESULT {"requests":0,"durationUs":1500000,"bytes":0,"p50Us":0,"p99Us":0,${ERRORS}}`
  expect(() => parseWrkOutput(output)).toThrow('no answer')
})
