/**
 * Passes when the backend accepts a connection and, with TLS, finishes the handshake. It
 * does not notice a frozen process: the kernel accepts on its behalf.
 */
import { converse, peerName } from './probe-conversation.ts'
import type { Probe } from './probe.ts'

export const tcpProbe: Probe = (request) =>
  converse(request, (_socket, judge) => {
    const peer = peerName(request.address, request.port)
    const what = request.settings.tls === null ? 'accepted the connection' : 'accepted TLS'
    judge({ hasPassed: true, code: 'L4OK', status: null, detail: `${peer} ${what}.` })
  })
