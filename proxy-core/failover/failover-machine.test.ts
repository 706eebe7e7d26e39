/** Contract: what the table does not say: shares on the way, flapping, latches, panic, other modes. */
import { describe, expect, test } from 'vitest'
import { MachineLab } from './testing/machine-lab.ts'

const lab = (...parts: ConstructorParameters<typeof MachineLab>): MachineLab =>
  new MachineLab(...parts).begin()

/** How often traffic was sent to another level. */
const switches = ({ transitions }: MachineLab): number =>
  transitions.filter(({ fromLevel, toLevel }) => fromLevel !== toLevel).length

describe('at the start', () => {
  test('nothing wrong is no transition', () => {
    const one = lab()
    expect([one.state, one.transitions]).toEqual(['normal 0: 0=100%', []])
  })

  test('what is found is taken as it is, also with a delay', () => {
    const one = new MachineLab({ strategy: 'delayed' }, [1, 1]).set(0)
    expect(one.state).toBe('active 1: 1=100%')
    expect(one.transitions).toMatchObject([{ from: 'normal', to: 'active', toLevel: 1 }])
  })

  test('a level that is healthy then has proven itself, one that comes later has not', () => {
    const one = lab({}, [1, 1, 1]).set(0, 0, 1)
    expect(one.set(0, 1).state).toBe('recovering 2: 2=100%')
    expect(one.wait(10_000).wait(10_000).state).toBe('active 1: 1=100%')
  })

  test('a pool without anybody waits for whoever comes first', () => {
    const one = new MachineLab({}, [1, 1]).set(0, 0)
    expect(one.state).toBe('normal 0:')
    expect(one.set(0, 1).state).toBe('active 1: 1=100%')
    expect(new MachineLab({}, [1, 1]).set(0, 0).set(1).state).toBe('normal 0: 0=100%')
  })
})

describe('shares', () => {
  const PARTIAL = { strategy: 'graceful', minEligible: 2, rampMs: 10_000 } as const

  test('move over the ramp in equal steps while the old level has a backend left', () => {
    const one = lab(PARTIAL).set(1)
    const states = [0, 2500, 2500, 5000].map((ms) => one.wait(ms).state)
    expect(states).toEqual([
      'switching 1: 0=100%',
      'switching 1: 0=75% 1=25%',
      'switching 1: 0=50% 1=50%',
      'active 1: 1=100%'
    ])
  })

  test('a step comes at most every 100 ms and at least fifty times', () => {
    const dues = (rampMs: number): number => {
      const one = lab({ ...PARTIAL, rampMs }).set(1)
      return one.machine.wakeMs! - one.nowMs
    }
    expect([dues(1000), dues(10_000), dues(50_000)]).toEqual([100, 200, 1000])
  })

  test('the due time of a ramp is its end, that of a wait the end of the wait', () => {
    expect(lab(PARTIAL).set(1).machine.dueMs).toBe(10_000)
    expect(lab({ strategy: 'delayed' }).wait(7).set(0).machine.dueMs).toBe(5007)
    expect(lab().set(0).wait(3).set(1).machine.dueMs).toBe(10_003)
    const back = lab({ strategy: 'delayed', delayMs: 30_000 }).set(0).wait(30_000).set(1)
    expect(back.wait(5000).set(1, 0).machine.dueMs).toBe(40_000)
    expect(lab().machine.dueMs).toBeNull()
  })

  test('that return are kept where another level takes over on the way', () => {
    const one = lab({}, [1, 1, 1]).set(0, 0).set(0, 1).wait(15_000)
    expect(one.state).toBe('recovering 1: 1=50% 2=50%')
    expect(one.set(1).wait(2000).state).toBe('recovering 1: 1=70% 2=30%')
  })

  test('of a level that empties in the middle go to the one that is moved to', () => {
    const one = lab().set(0).set(2).wait(12_500)
    expect(one.state).toBe('recovering 0: 0=25% 1=75%')
    expect(one.set(2, 0).state).toBe('normal 0: 0=100%')
  })

  test('wait with the lost level while a delay runs and are nobody’s after it', () => {
    const one = lab({ strategy: 'delayed' }).set(0, 0)
    expect([one.state, one.machine.isWaiting]).toEqual(['pending 0: 0=100%', true])
    one.wait(5000)
    expect([one.state, one.machine.isWaiting]).toEqual(['pending 0:', false])
  })

  test('wait no longer than until a level before has proven its health', () => {
    const one = lab({ strategy: 'delayed', delayMs: 30_000, minEligible: 2 }).set(0).wait(30_000)
    one.set(2).wait(5000).set(2, 1).wait(4999)
    expect(one.state).toBe('pending 1: 1=100%')
    expect(one.wait(1).wait(5000).state).toBe('recovering 0: 0=50% 1=50%')
    const held = lab({ strategy: 'delayed', delayMs: 30_000, failback: 'manual' }).set(0)
    held.wait(30_000).set(2, 0).wait(29_999)
    expect(held.state).toBe('pending 1: 1=100%')
  })

  test('do not wait where the old level still has somebody', () => {
    const one = lab({ strategy: 'delayed', minEligible: 2 }).set(1)
    expect([one.machine.phase, one.machine.isWaiting]).toEqual(['pending', false])
  })
})

test('what an emptied level has left of its share waits where requests are held', () => {
  const one = lab({ strategy: 'graceful', rampMs: 10_000, holdsRequests: true }).set(0)
  const seen = [0, 2500, 2500, 5000].map((ms) => {
    one.wait(ms)
    return [one.state, one.machine.waitingShare]
  })
  expect(seen).toEqual([
    ['switching 1: 0=100%', 1],
    ['switching 1: 0=75% 1=25%', 0.75],
    ['switching 1: 0=50% 1=50%', 0.5],
    ['active 1: 1=100%', 0]
  ])
  const back = one.set(2).wait(15_000)
  expect(back.state).toBe('recovering 0: 0=50% 1=50%')
  expect(back.set(2, 0).state).toBe('normal 0: 0=100%')
})

describe('flapping', () => {
  test.each(['immediate', 'graceful', 'delayed'] as const)(
    'a primary that goes up and down every 2 s costs one switch: %s',
    (strategy) => {
      const one = lab({ strategy, delayMs: 1000 }, [1, 1])
      for (let round = 0; round < 100; round++) one.set(round % 2).wait(2000)
      expect(switches(one)).toBe(1)
      expect(one.machine.level).toBe(1)
    }
  )

  test('a delay that is longer than the outage costs none', () => {
    const one = lab({ strategy: 'delayed', delayMs: 3000 }, [1, 1])
    for (let round = 0; round < 100; round++) one.set(round % 2).wait(2000)
    expect(switches(one)).toBe(0)
  })

  test('a level that flaps around min_eligible in a panic is left for and not returned to', () => {
    const one = lab({ minEligible: 2 }, [3, 3]).set(1, 3)
    for (let round = 0; round < 100; round++) one.set(1, 1 + (round % 2)).wait(2000)
    expect(switches(one)).toBeLessThanOrEqual(3)
  })
})

describe('an operator', () => {
  test('changes nothing by repeating', () => {
    const one = lab()
    expect([one.activate(), one.activate(), one.activate(1)]).toEqual([true, false, false])
    expect([one.deactivate(), one.deactivate()]).toEqual([true, false])
  })

  test('changes nothing by repeating while traffic is on its way round a lost level', () => {
    const one = lab({}, [1, 1, 1])
    one.activate()
    one.set(1, 0)
    expect(one.state).toBe('latched 2: 2=100%')
    expect([one.activate(), one.activate(1)]).toEqual([false, false])
    expect(one.machine.latch?.level).toBe(1)
  })

  test('keeps by repeating what he has forced, and may force what he has latched', () => {
    const one = lab({ minEligible: 2 }).set(2, 1)
    one.activate(1, true)
    const plain = { level: null, isForced: false }
    expect(one.machine.target(plain)).toEqual({ kind: 'level', level: 1, isForced: true })
    expect(one.activate()).toBe(false)
    expect(one.machine.latch?.isForced).toBe(true)
    const other = lab()
    other.activate()
    expect(other.activate(null, true)).toBe(true)
    expect(other.machine.latch).toMatchObject({ level: 1, isForced: true })
  })

  test('who holds the primaries and then leaves it to the pool gets the backups', () => {
    const one = lab()
    one.activate(0)
    expect([one.activate(), one.state]).toEqual([true, 'latched 1: 1=100%'])
  })

  test('has nothing to release where nothing is held', () => {
    expect(lab().deactivate()).toBe(false)
    expect(lab().set(0).deactivate()).toBe(false)
  })

  test('keeps the backups that serve already', () => {
    const one = lab({}, [1, 1, 1]).set(0, 0)
    one.activate()
    expect(one.state).toBe('latched 2: 2=100%')
    expect(one.set(1, 1).wait(60_000).state).toBe('latched 2: 2=100%')
  })

  test('is refused a level that nobody of is eligible, and gets it by force later', () => {
    const one = lab().set(2, 0)
    expect([one.activate(), one.activate(1)]).toEqual([false, false])
    expect(one.activate(1, true)).toBe(true)
    expect(one.state).toBe('latched 0: 0=100%')
    expect(one.set(2, 2).wait(10_000).wait(10_000).state).toBe('latched 1: 1=100%')
  })

  test('holds a forced level as long as one backend of it is eligible', () => {
    const one = lab({ minEligible: 2 }).set(2, 1)
    expect(one.activate()).toBe(false)
    one.activate(1, true)
    expect(one.state).toBe('latched 1: 1=100%')
    expect(one.set(2, 0).state).toBe('latched 0: 0=100%')
  })

  test('who latches the primaries brings traffic back at once', () => {
    const one = lab().set(0).set(1)
    one.activate(0)
    expect(one.state).toBe('latched 0: 0=100%')
  })

  test('is said in the transition, with his reason', () => {
    const one = lab()
    one.activate()
    expect(one.transitions).toMatchObject([{ isManual: true }])
    expect(one.transitions[0]?.reason).toContain('(test); level 1 has 2 of 2 eligible')
    one.set(0)
    one.deactivate()
    expect(one.transitions.at(-1)).toMatchObject({ isManual: true, to: 'active' })
    one.set(1)
    expect(one.transitions.at(-1)).toMatchObject({ isManual: false, to: 'recovering' })
  })

  test('is always told, also where nothing moves yet', () => {
    const one = lab({ strategy: 'delayed' }).set(0, 0)
    expect(one.activate(1, true)).toBe(true)
    expect(one.transitions.at(-1)).toMatchObject({ from: 'pending', to: 'pending', isManual: true })
    expect(one.deactivate()).toBe(true)
    expect(one.transitions.at(-1)).toMatchObject({ from: 'pending', to: 'pending', isManual: true })
    const held = lab({ failback: 'manual' }).set(0)
    held.deactivate()
    expect(held.transitions.at(-1)).toMatchObject({ from: 'active', to: 'active', isManual: true })
  })

  test('finds his latch again after a restart, also where the level is lost', () => {
    const latch = { level: 1, isForced: false, reason: 'rack' }
    expect(new MachineLab({}, [1, 1], latch).begin().state).toBe('latched 1: 1=100%')
    const lost = new MachineLab({}, [1, 1], latch).set(1, 0)
    expect(lost.state).toBe('latched 0: 0=100%')
    expect(lost.set(1, 1).wait(10_000).wait(10_000).state).toBe('latched 1: 1=100%')
  })

  test('allows once what manual failback holds back', () => {
    const one = lab({ failback: 'manual' }).set(0).set(1).wait(60_000)
    expect(one.state).toBe('active 1: 1=100%')
    expect([one.deactivate(), one.deactivate()]).toEqual([true, false])
    expect(one.wait(10_000).state).toBe('normal 0: 0=100%')
    expect(one.set(0).set(1).wait(60_000).state).toBe('active 1: 1=100%')
  })
})

describe('panic', () => {
  const rule = { minEligible: 3 } as const

  test('the lowest level with any eligible backend serves when none has enough', () => {
    const one = lab(rule, [4, 4]).set(1)
    expect(one.state).toBe('active 1: 1=100%')
    expect(one.set(1, 2).state).toBe('normal 0: 0=100%')
    expect(one.set(0, 2).state).toBe('active 1: 1=100%')
  })

  test('it is left for a level that has enough and has proven it', () => {
    const one = lab(rule, [4, 4]).set(1).set(1, 2).set(1, 3)
    expect(one.state).toBe('normal 0: 0=100%')
    expect(one.wait(10_000).state).toBe('active 1: 1=100%')
  })

  test('above the threshold traffic stays where anybody is', () => {
    const one = lab({ ...rule, panicThreshold: 0.2 }, [4, 4])
      .set(1)
      .set(1, 2)
    expect(one.state).toBe('active 1: 1=100%')
    expect(one.set(1, 1).state).toBe('active 1: 1=100%')
    expect(one.set(1, 0).state).toBe('normal 0: 0=100%')
  })
})

describe('levels that a reload takes away', () => {
  test('are left at once, whatever the delay', () => {
    const one = lab({ strategy: 'delayed' })
    one.machine.advance(0, [{ level: 1, total: 1, eligible: 1 }])
    expect(one.state).toBe('normal 1: 1=100%')
  })

  test('do not hold a latch', () => {
    const one = lab({}, [1, 1, 1])
    one.activate(2)
    one.machine.advance(0, one.levels.slice(0, 2))
    expect(one.state).toBe('latched 0: 0=100%')
  })
})

describe('modes without a switch', () => {
  test('spill by health, and are active while the primaries have not all', () => {
    const one = lab({ mode: 'spill' }, [100, 10])
    expect(one.set(72).state).toBe('normal 0: 0=100%')
    expect(one.set(50).state).toBe('active 0: 0=70% 1=30%')
    expect(one.set(25).state).toBe('active 1: 0=35% 1=65%')
    expect(one.machine.wakeMs).toBeNull()
  })

  test('progressive replaces each lost primary by one backup', () => {
    const one = lab({ mode: 'progressive' }, [3, 1, 2])
    expect(one.set(2).machine.counts).toEqual(
      new Map([
        [0, 2],
        [1, 1]
      ])
    )
    expect(one.set(1).machine.counts).toEqual(
      new Map([
        [0, 1],
        [1, 1],
        [2, 1]
      ])
    )
    expect(one.set(0, 0, 1).machine.counts).toEqual(new Map([[2, 1]]))
  })

  test('a reload from one to the other keeps traffic where it can be', () => {
    const one = lab({ mode: 'spill' }, [2, 2]).set(0)
    expect(one.state).toBe('active 1: 1=100%')
  })
})
