/** Contract: disturbed rounds do not enter the medians as long as there is one that was not. */
import { describe, expect, it } from 'vitest'
import { summarise, type Sample } from './sample.ts'

function sampleOf(figures: Partial<Sample>): Sample {
  return {
    requestsPerSecond: 1000,
    p50Ms: 1,
    p99Ms: 2,
    userUs: 5,
    systemUs: 10,
    companionUs: 0,
    coreShare: 1,
    rssBytes: 1,
    errors: 0,
    disturbance: '',
    ...figures
  }
}

describe('summary of rounds', () => {
  it('takes each median by itself, and that of the sum of user and system time', () => {
    const samples = [
      sampleOf({ userUs: 5, systemUs: 12 }),
      sampleOf({ userUs: 6, systemUs: 10 }),
      sampleOf({ userUs: 7, systemUs: 11 })
    ]
    expect(summarise(samples)).toMatchObject({ userUs: 6, systemUs: 11, cpuUs: 17 })
  })

  it('leaves disturbed rounds out, but counts them and their errors', () => {
    const samples = [
      sampleOf({ systemUs: 10 }),
      sampleOf({ systemUs: 90, errors: 3, disturbance: '50 % of a core used by make' }),
      sampleOf({ systemUs: 95, disturbance: '50 % of a core used by make' })
    ]
    const summary = summarise(samples)
    expect(summary).toMatchObject({ cpuUs: 15, errors: 3, rounds: 3, disturbedRounds: 2 })
  })

  it('uses the disturbed rounds when there are no others', () => {
    const samples = [sampleOf({ systemUs: 20, disturbance: '9 % stolen by the host' })]
    expect(summarise(samples)).toMatchObject({ cpuUs: 25, disturbedRounds: 1 })
  })
})
