/** The framing suite through Switchyard, and through HAProxy and nginx where they are installed. */
import { describe } from 'vitest'
import { requires } from '../setup/requirements.ts'
import { framingSuite } from './framing-suite.ts'
import { haproxy } from './haproxy.ts'
import { nginx } from './nginx.ts'
import { switchyard } from './switchyard.ts'

describe('well-formed messages through Switchyard', () => framingSuite(switchyard))

requires('haproxy')('well-formed messages through HAProxy', () => framingSuite(haproxy))

requires('nginx')('well-formed messages through nginx', () => framingSuite(nginx))
