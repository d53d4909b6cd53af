// A kernel of the Jupyter server that this page came from.
import {BackEnd} from "./backend.js"
import errors from "./errors.py"

const PRELUDE = `exec(${JSON.stringify(errors + "\nfor_ipython(get_ipython())\n")}, {"get_ipython": get_ipython})`

// the server's words are for those who keep servers
const FLOOD = /IOPub (data|message) rate exceeded\.[^]*?\(secs\)\s*/

const unique = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")

export class Jupyter extends BackEnd {
  name = "Jupyter"
  #runs = new Map()
  #me = unique()

  constructor(server, changed) {
    super(changed)
    this.server = server
    addEventListener("pagehide", () => { if (this.id) this.halt().then(() => this.lost("The page was left.")) })
  }

  #ask(method, path, body) {
    const xsrf = document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? ""
    return fetch(`${this.server}api/kernels${path}`, {
      method, keepalive: method === "DELETE", body: body && JSON.stringify(body),
      headers: {"X-XSRFToken": xsrf, "Content-Type": "application/json"},
    }).then(answer => {
      if (!answer.ok) throw new Error(`The book's server refused (${answer.status}). Open its page again from the terminal.`)
      return answer
    }, () => { throw new Error("The book's server does not answer. Is its terminal still open?") })
  }

  async boot(wanted) {
    const {id} = await (await this.#ask("POST", "", {name: "python3", path: "nbs"})).json()
    if (!wanted()) return this.#ask("DELETE", `/${id}`)
    this.id = id
    const address = new URL(`${this.server}api/kernels/${this.id}/channels?session_id=${this.#me}`, location.href)
    address.protocol = address.protocol.replace("http", "ws")
    const socket = this.socket = new WebSocket(address)
    await new Promise((open, fail) => {
      socket.onopen = open
      socket.onerror = () => fail(new Error("The kernel's channel could not be opened."))
    })
    socket.onmessage = event => this.#hear(JSON.parse(event.data))
    socket.onclose = () => { if (this.socket === socket) this.#gone("The connection to the kernel is lost.") }
    const {lost} = await this.execute(PRELUDE, () => {}, true)
    if (lost) throw new Error(lost)
  }

  #gone(why) {
    this.socket = this.id = null
    this.lost(why)
  }

  execute(code, show, silent = false) {
    const id = unique()
    const header = {msg_id: id, msg_type: "execute_request", session: this.#me, username: "reader", version: "5.3",
                    date: new Date().toISOString()}
    const content = {code, silent, store_history: !silent, user_expressions: {}, allow_stdin: false, stop_on_error: true}
    return new Promise(resolve => {
      this.#runs.set(id, {show, resolve, status: null, idle: false})
      this.socket.send(JSON.stringify({header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: []}))
    })
  }

  #hear({header: {msg_type: kind}, parent_header: parent, content}) {
    if (kind === "status" && ["restarting", "dead"].includes(content.execution_state)) {
      this.halt()
      return this.lost("The kernel has died.")
    }
    if (kind === "shutdown_reply") return this.#gone("The kernel was shut down.")
    const run = this.#runs.get(parent?.msg_id)
    if (!run) return
    const id = content.transient?.display_id
    if (kind === "stream") run.show({kind, name: content.name, text: content.text.replace(FLOOD, "Too much text at once: a part of it is left out.\n")})
    else if (kind === "display_data" || kind === "execute_result") run.show({kind: "display", data: content.data, id})
    else if (kind === "update_display_data") run.show({kind: "update", data: content.data, id})
    else if (kind === "clear_output") run.show({kind: "clear", wait: content.wait})
    else if (kind === "error") run.show({kind, name: content.ename, text: content.evalue, trace: content.traceback.join("\n")})
    else if (kind === "execute_reply") run.status = content.status
    else if (kind === "status" && content.execution_state === "idle") run.idle = true
    if (run.status && run.idle) run.resolve({ok: run.status === "ok"})  // kept: a thread may still print
  }

  drop(result) {
    for (const run of this.#runs.values()) run.resolve(result)
    this.#runs.clear()
  }

  /** Stop the running cell; true if what was computed before is kept. */
  async interrupt() {
    try { await this.#ask("POST", `/${this.id}/interrupt`) }
    catch { this.#gone("The kernel is gone.") }
    return true
  }

  async halt() {
    const [id, socket] = [this.id, this.socket]
    this.id = this.socket = null
    socket?.close()
    if (id) await this.#ask("DELETE", `/${id}`).catch(() => {})
  }
}
