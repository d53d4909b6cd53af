// A live page: finds the cells, runs them in order in one back end, and shows a bar with its state.
import {Cell} from "./cell.js"
import {projector} from "./film.js"
import {Jupyter} from "./jupyter.js"
import {needs, words} from "./needs.js"
import {make, reachable} from "./output.js"
import {Pyodide} from "./pyodide.js"
import {chaptersFirst} from "./search.js"
import {steady} from "./steady.js"
import {Store} from "./store.js"

const STATES = {off: "not started", starting: "starting", ready: "ready", busy: "busy", stopped: "stopped", failed: "failed"}
const meta = name => document.querySelector(`meta[name="book:${name}"]`)?.content
const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`

class Page {
  #queue = []
  #batches = 0
  #session = 0
  #draining = false
  #declined = new Set()  // cells that the reader chose not to run in this session

  constructor({cells, needs}) {
    this.store = new Store(location.pathname.split("/").at(-1).replace(/\.html$/, ""))
    const shown = [...document.querySelectorAll("main .cell")].filter(c => c.querySelector("pre.cell-code"))
    const visible = cells.filter(c => !c.hidden)
    if (shown.length !== visible.length) throw new Error(`the page has ${shown.length} cells, its list ${visible.length}`)
    let number = 0, exercise = null
    this.cells = []
    for (const record of cells) {
      const cell = new Cell(record, record.hidden ? null : shown[number], record.hidden ? 0 : ++number, this)
      if (cell.kind === "exercise") exercise = cell
      else if (!cell.needed) cell.exercise = exercise
      this.cells.push(cell)
      cell.draw()
    }
    const server = meta("jupyter"), drawn = () => this.draw()
    const here = path => new URL(path, document.baseURI).href
    this.backend = server ? new Jupyter(server, drawn)
      : new Pyodide({base: here(meta("pyodide")), wheel: here(meta("wheel")), needs}, drawn)
    this.#buildBar()
    this.draw()
  }

  // --- what readers press ---

  /** The button of a cell: run it, or stop it if it runs. A cell of the chapter may build on all above it, so ask. */
  press(cell, {stop = true} = {}) {
    if (cell.busy) return stop && this.stop()
    if (cell.kind === "check" && !this.#answered(cell)) return this.check(cell)
    if (!cell.needed) return this.#start([...this.#needs([cell]), {cell}])
    const missing = this.#missing(this.cells.slice(0, this.cells.indexOf(cell)).filter(c => c.needed))
    const hidden = missing.filter(c => !c.element), seen = missing.filter(c => c.element && !this.#declined.has(c))
    const run = cells => this.#start([...cells, cell].map(c => ({cell: c})))
    if (!seen.length) return run(hidden)
    cell.offer(`${count(seen.length, "cell")} above ${seen.length === 1 ? "has" : "have"} not run yet.`,
      [`Run ${seen.length === 1 ? "it" : "them"} first`, () => run(missing)],
      ["Run only this", () => { for (const c of missing) this.#declined.add(c); run(hidden) }])
  }

  /** The check of an exercise: it judges what stands in the reader's cell, and nothing that an earlier text has defined. */
  check(cell) {
    if (cell.busy) return
    const {exercise} = cell, needed = this.#needs([exercise, cell])
    const stub = exercise.edited ? [{cell: exercise, stub: true, quiet: true}] : []
    cell.tell(needed.length ? `runs ${count(needed.length, "cell")} above first` : "")
    this.#start([...needed, ...stub, {cell: exercise, quiet: true}, {cell, answer: exercise}])
  }

  /** Whether an answer to a check's exercise has run, the reader's or the book's. */
  #answered({exercise}) {
    return this.cells.some(c => c.ran === this.backend.session && (c === exercise || c.kind === "solution" && c.exercise === exercise))
  }

  #missing(cells) { return cells.filter(c => !c.busy && c.ran !== this.backend.session) }

  /** What has to run before the cells of an exercise, found by the names in them. */
  #needs(cells) {
    const above = this.cells.slice(0, this.cells.indexOf(cells[0])).filter(c => c.needed)
    const wanted = needs(above, cells.flatMap(c => c.edited ? [...c.reads, ...words(c.text)] : c.reads))
    const missing = this.#missing(wanted), behind = wanted.slice(wanted.indexOf(missing[0]))
    // a cell may not do behind the cells that follow it what it does before them: then all run again, in order
    const again = missing.length && behind.some(c => c.ran === this.backend.session)
    return (again ? wanted.filter(c => !c.busy) : missing).map(cell => ({cell, quiet: true}))
  }

  runAbove(cell) { this.#start(this.#chapter(this.cells.slice(0, this.cells.indexOf(cell))).map(c => ({cell: c}))) }
  runAll() { this.#start(this.#chapter(this.cells).map(cell => ({cell}))) }

  /** All cells that make sense in order: solutions only if they are opened, checks only if there is something to check. */
  #chapter(cells) {
    const solved = new Set(this.cells.filter(c => c.kind === "solution" && !c.folded).map(c => c.exercise))
    return cells.filter(c => c.needed || c.kind === "exercise" ? true
      : c.kind === "solution" ? !c.folded : c.exercise.edited || solved.has(c.exercise))
  }

  async stop() {
    this.#drop()
    if (this.backend.state === "busy" && !await this.backend.interrupt()) this.say("Stopped. What the cells had computed is gone.")
  }

  async restart() {
    this.#drop()
    this.#declined.clear()
    this.say("Python starts again; nothing has run yet.")
    await this.backend.restart().catch(() => {})
  }

  discard() {
    if (!confirm(`Give up your changes in ${count(this.store.edits, "cell")} of this page?`)) return
    for (const cell of this.cells) if (cell.edited && cell.element) cell.reset()
    this.store.clear()
    this.draw()
    this.say("All cells have the book's text again.")
  }

  // --- one cell after another ---

  #start(work) {
    const batch = ++this.#batches, fresh = work.filter(({cell}) => !cell.busy)
    for (const cell of new Set(fresh.map(w => w.cell))) Object.assign(cell, {before: cell.status, status: "waiting"}).draw()
    for (const cell of this.cells) cell.withdraw()
    this.#queue.push(...fresh.map(w => ({...w, batch})))
    return this.#drain()
  }

  /** Forget what waits: all, or what was asked for together with something that failed. */
  #drop(batch = null) {
    const dropped = this.#queue.filter(w => batch === null || w.batch === batch)
    this.#queue = this.#queue.filter(w => !dropped.includes(w))
    for (const {cell, answer} of dropped) {
      cell.status = cell.before
      if (answer) cell.tell("")
      if (answer && batch !== null) cell.output.clear()  // an earlier verdict is not about this answer
      cell.draw()
    }
  }

  async #drain() {
    if (this.#draining) return
    this.#draining = true
    try {
      while (this.#queue.length) {
        const next = this.#queue[0]
        try { await this.backend.ready() } catch (error) {
          if (this.#queue[0] === next) this.#failed(next.cell, error)
          continue
        }
        if (this.#queue[0] !== next) continue  // dropped meanwhile
        this.#queue.shift()
        this.backend.set("busy")
        await this.#runOne(next)
      }
    } finally { this.#draining = false }
    if (this.backend.state === "busy") this.backend.set("ready")
  }

  async #runOne({cell, answer, quiet, stub, batch}) {
    const {ok, lost} = await cell.run(this.backend, stub)
    if (answer) cell.tell("")
    if (answer && ok) { this.store.pass(answer.id); cell.draw(); this.draw() }
    if (cell.element && !(quiet && ok)) this.say(`${ok ? "Done" : "Failed"}, ${cell.name}: ${cell.output.words}`)
    if (ok) return
    this.#declined.clear()  // it may have failed for want of those
    const check = this.#queue.find(w => w.batch === batch && w.answer)
    this.#drop(batch)
    if (check && !lost) check.cell.blame(cell)
  }

  #failed(cell, error) {
    const shown = cell.element ? cell : this.cells.find(c => c.element)
    this.#drop()
    shown.output.note(error.message)
    this.say(error.message)
  }

  // --- the bar ---

  #buildBar() {
    const button = (label, act) => make("button", {type: "button", onclick: act}, label)
    this.state = make("span", {class: "bar-state"})
    this.solved = make("span", {class: "bar-solved"})
    this.buttons = {all: button("Run all", () => this.runAll()), stop: button("Stop", () => this.stop()),
                    restart: button("Restart", () => this.restart()), discard: button("Discard", () => this.discard())}
    this.buttons.discard.append(make("span", {class: "bar-word"}, " changes"))
    this.live = make("div", {role: "status", "aria-live": "polite", class: "visually-hidden"})
    document.body.append(make("aside", {class: "book-bar", "aria-label": "Python on this page"},
      this.state, this.solved, ...Object.values(this.buttons)), this.live)
  }

  changed(cell) {
    for (const check of this.cells) if (check.kind === "check" && check.exercise === cell) check.output.age()
    this.draw()
  }

  draw() {
    if (!this.state) return
    if (this.#session !== this.backend.session) {  // what ran before is gone
      this.#session = this.backend.session
      for (const cell of this.cells) if (!cell.busy && cell.ran !== this.#session) { cell.status = ""; cell.draw() }
    }
    const {state, name, why} = this.backend
    const engine = make("span", {class: "bar-engine"}, `${name} `)
    this.state.replaceChildren(make("span", {class: "bar-dot"}), engine, STATES[state])
    this.state.dataset.state = state
    this.state.title = why || ""
    const exercises = this.cells.filter(c => c.kind === "exercise"), solved = exercises.filter(c => this.store.passed(c.id)).length
    this.solved.replaceChildren(...exercises.length ? [`${solved}/${exercises.length}`, make("span", {class: "bar-word"}, " solved")] : [])
    this.buttons.stop.disabled = !["starting", "busy"].includes(state)  // disabled, not hidden: no button moves under a finger
    this.buttons.restart.disabled = state === "off"
    this.buttons.discard.hidden = !this.store.edits
  }

  say(text) { this.live.textContent = text }
}

const list = document.getElementById("book-cells")
if (list) window.book = new Page(JSON.parse(list.textContent))

reachable(document)
addEventListener("resize", () => reachable(document))
steady(document.querySelector("main"))
chaptersFirst(window.Fuse)
for (const film of document.querySelectorAll(".film")) projector(film)

// the theme's switch, whose handler in the page a content security policy forbids
for (const toggle of document.querySelectorAll(".quarto-color-scheme-toggle"))
  toggle.addEventListener("click", event => { event.preventDefault(); window.smalldocsToggleScheme() })
