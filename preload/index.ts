/** The sandboxed preload script: gives the console page its bridge. */
import { contextBridge, ipcRenderer } from 'electron'
import { createBridge } from './bridge.ts'
import { BRIDGE_NAME } from './contract/bridge.ts'

contextBridge.exposeInMainWorld(BRIDGE_NAME, createBridge<MessagePort>(ipcRenderer, window))
