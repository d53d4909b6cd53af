// Python compiled for the browser, in a worker of this page.
import {BackEnd} from "./backend.js"

export class Pyodide extends BackEnd {
  name = "Pyodide"
  #runs = new Map()
  #count = 0
  #abandon = null  // ends a start that is under way
  #alarm = globalThis.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : null

  constructor(setup, changed) {
    super(changed)
    this.setup = setup  // base: folder of Pyodide; wheel: address of the library; needs: names -> packages
  }

  boot() {
    if (this.#alarm) this.#alarm[0] = 0
    return new Promise((resolve, reject) => {
      this.#abandon = reject
      const worker = this.worker = new Worker(new URL("worker.js", import.meta.url), {type: "module"})
      worker.onerror = event => reject(new Error(`Python could not be started in this browser. ${event.message ?? ""}`.trim()))
      worker.onmessage = ({data}) => {
        if (data.kind === "ready") resolve()
        else if (data.kind === "fatal") {
          worker.terminate()
          reject(new Error(`Python could not be started in this browser (${data.text}).`))
          if (this.state !== "starting") this.#end(`Python has crashed (${data.text}).`)
        }
        else if (data.kind === "failed") { worker.terminate(); reject(new Error(data.text)) }
        else if (data.kind === "done") {
          this.#runs.get(data.run)?.resolve({ok: data.ok})
          this.#runs.delete(data.run)
        }
        else this.#runs.get(data.run)?.show(data)
      }
      worker.postMessage({kind: "boot", ...this.setup, alarm: this.#alarm})
    })
  }

  execute(code, show) {
    const run = ++this.#count
    if (this.#alarm) this.#alarm[0] = 0
    return new Promise(resolve => {
      this.#runs.set(run, {show, resolve})
      this.worker.postMessage({kind: "run", run, code})
    })
  }

  drop(result) {
    for (const run of this.#runs.values()) run.resolve(result)
    this.#runs.clear()
  }

  /** Stop the running cell; true if what was computed before is kept. Only an isolated page can do that. */
  async interrupt() {
    if (this.#alarm) { this.#alarm[0] = 2; return true }
    this.#end("Stopped.")
    return false
  }

  #end(why) {
    this.halt()
    this.lost(why)
  }

  async halt() {
    this.worker?.terminate()
    this.#abandon?.(new Error("Started again."))
  }
}
