/** Contract: holding a pool over the admin API is a conflict where nothing could wait. */
import { describe, expect, it } from 'vitest'
import { jsonOf, refusalOf, useAdmin } from './testing/admin-under-test.ts'

const admin = useAdmin()

describe('/api/v1/buffer', () => {
  it('is empty where no pool holds requests', async () => {
    await admin().start()
    expect(jsonOf(await admin().ask('/api/v1/buffer'))).toMatchObject({ pools: [] })
  })

  it.each(['hold', 'release'])('%s is refused there', async (path) => {
    await admin().start()
    const response = await admin().ask(`/api/v1/buffer/${path}?pool=api`, { method: 'POST' })
    expect(refusalOf(response)).toEqual([409, 'HOLD_NOT_CONFIGURED'])
  })

  it.each(['hold?pool=api&for=2h', 'hold?pool=api&for=', 'hold'])(
    '%s is no request',
    async (path) => {
      await admin().start()
      const response = await admin().ask(`/api/v1/buffer/${path}`, { method: 'POST' })
      expect(refusalOf(response)).toEqual([400, 'ADMIN_REQUEST_INVALID'])
    }
  )
})
