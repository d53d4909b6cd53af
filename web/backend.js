// What a page needs of a Python, wherever it runs. `jupyter.js` and `pyodide.js` fill in boot, execute, interrupt and halt.

export class BackEnd {
  state = "off"       // off, starting, ready, busy, stopped, failed
  session = 0         // grows with every start: what ran in an earlier session is gone
  #starting = null
  #turn = 0           // which start counts; an earlier one may still be under way

  constructor(changed) { this.changed = changed }

  set(state, why = "") {
    this.state = state
    this.why = why
    this.changed(this)
  }

  /** Start if need be; rejects with a sentence for the reader. */
  ready() { return this.#starting ??= this.#begin() }

  async #begin() {
    const turn = ++this.#turn
    this.set("starting")
    try {
      await this.boot(() => turn === this.#turn)
      if (turn !== this.#turn) throw new Error("Started again.")
      this.session++
      this.set("ready")
    } catch (error) {
      if (turn === this.#turn) {
        this.#starting = null
        this.set("failed", error.message)
      }
      throw error
    }
  }

  /** The Python is gone, with all that the cells have computed. */
  lost(why) {
    this.#starting = null
    this.#turn++
    this.session++
    this.drop({ok: false, lost: why})
    this.set("stopped", why)
  }

  /** End it and start another; whoever asks meanwhile waits for the new one. */
  restart() {
    this.#turn++
    this.session++
    this.drop({ok: false, lost: "Started again."})
    this.set("starting")
    return this.#starting = this.halt().then(() => this.#begin())
  }
}
