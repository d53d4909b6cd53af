// A code cell of the page: its text (the book's or the reader's), its buttons and its output.
import {openEditor} from "./editor.js"
import {make, Output} from "./output.js"

export class Cell {
  ran = -1  // the session in which it ran to its end
  status = ""
  #editor = null

  /** `record` is {id, source, kind}; `element` null for a cell that the page does not show; `page` answers its buttons. */
  constructor(record, element, number, page) {
    Object.assign(this, record)
    Object.assign(this, {element, number, page, saved: page.store.edit(record.id) ?? null})
    if (element) this.#build()
  }

  get name() { return {check: "the check", solution: "the solution", exercise: "your answer"}[this.kind] ?? `cell ${this.number}` }
  get text() { return this.#editor?.text ?? this.saved ?? this.source }
  get edited() { return this.saved !== null }
  /** Part of the chapter itself, which later cells may build on. */
  get needed() { return !["exercise", "solution", "check"].includes(this.kind) }
  get busy() { return ["waiting", "running"].includes(this.status) }
  get folded() { return this.element?.querySelector("details.code-fold")?.open === false }

  #build() {
    Object.assign(this.element.dataset, {number: this.number, kind: this.kind})
    this.box = this.element.querySelector(".code-copy-outer-scaffold")
    this.code = this.box.querySelector("pre")
    this.output = new Output(this.element, {verdict: this.kind === "check"})
    this.button = make("button", {type: "button", class: "cell-run", onclick: () => this.page.press(this)})
    this.box.prepend(this.button)
    for (const [name, value] of Object.entries({tabindex: 0, role: "textbox", "aria-multiline": true, "aria-readonly": true,
      "aria-label": `Code of ${this.name}. Enter edits, Shift and Enter run.`})) this.code.setAttribute(name, value)
    this.code.addEventListener("keydown", event => this.#key(event))
    this.code.addEventListener("click", event => this.#click(event))
    this.above = make("button", {type: "button", onclick: () => this.page.runAbove(this)}, "Run all above")
    this.undo = make("button", {type: "button", onclick: () => { this.reset(); this.button.focus() }}, "Back to the book's text")
    this.told = make("span", {class: "cell-told"})
    this.box.append(make("div", {class: "cell-tools"}, this.told, this.above, this.undo))  // room is kept for them: nothing moves
    if (this.kind === "check") this.#buildCheck()
    if (this.edited) this.edit({focus: false})
    this.draw()
  }

  #buildCheck() {
    this.mark = make("span", {class: "check-mark"}, "solved")
    this.checking = make("span", {class: "check-told"})
    const button = make("button", {type: "button", class: "check-button", onclick: () => this.page.check(this)}, "Check my answer")
    this.element.prepend(make("div", {class: "check-bar"}, button, this.mark, this.checking))
  }

  /** What a check does before it can judge. */
  tell(text) { this.checking.textContent = text }

  /** A check could not judge, because `cell` failed: say so here, and show the way there. */
  blame(cell) {
    const own = cell === this.exercise
    const what = own ? "Your answer" : cell.element ? `Cell ${cell.number}, which this exercise needs,` : "A hidden cell that this exercise needs"
    const why = cell.failure ? `: ${cell.failure}` : ""
    const there = make("button", {type: "button", onclick: () => cell.show()}, own ? "Show it" : `Show cell ${cell.number}`)
    this.output.note(`${what} stopped with an error${why} `, ...cell.element ? [there] : [])
    this.draw()
  }

  /** Bring the cell into view, with the focus on its button. */
  show() {
    this.element.scrollIntoView({block: "center", behavior: "instant"})
    this.button.focus({preventScroll: true})
  }

  draw() {
    if (!this.element) return
    const {busy} = this
    this.element.dataset.status = this.status
    this.element.toggleAttribute("data-edited", this.edited)
    this.button.setAttribute("aria-label", `${busy ? "Stop" : "Run"} ${this.name}`)
    this.button.title = busy ? "Stop" : "Run (Shift+Enter)"
    this.told.textContent = {waiting: "waits", running: "runs"}[this.status] ?? (this.edited ? "changed by you" : "")
    this.undo.hidden = !this.edited
    if (this.mark) this.mark.hidden = !this.page.store.passed(this.exercise?.id)
  }

  /** Put an editor in the place of the code. */
  edit({at = 0, focus = true} = {}) {
    if (this.#editor) return this.#editor.focus()
    const place = make("div", {class: "cell-editor"})
    this.code.after(place)
    this.code.hidden = true
    this.#editor = openEditor(place, {
      text: this.saved ?? this.source, at, focus, label: `Code of ${this.name}. Escape leaves the editor.`,
      run: () => this.page.press(this, {stop: false}), leave: () => this.box.querySelector(".code-copy-button").focus(), changed: text => this.#changed(text),
    })
  }

  #changed(text) {
    this.saved = text === this.source ? null : text
    this.page.store.keep(this.id, this.saved)
    this.output.age()
    this.page.changed(this)
    this.draw()
  }

  /** The book's text and, if it ran, the book's output. */
  reset() {
    if (this.#editor) this.#editor.text = this.source
    this.output.restore()
  }

  #key(event) {
    if (event.key !== "Enter" || event.altKey) return
    event.preventDefault()
    if (event.shiftKey || event.ctrlKey || event.metaKey) this.page.press(this, {stop: false})
    else this.edit()
  }

  #click(event) {
    if (!getSelection().isCollapsed) return  // the reader copies something
    this.edit({at: this.#offset(event.clientX, event.clientY)})
  }

  /** How many characters of the code stand before a point of the window. */
  #offset(x, y) {
    const spot = document.caretPositionFromPoint?.(x, y), older = spot ? null : document.caretRangeFromPoint?.(x, y)
    const [node, offset] = spot ? [spot.offsetNode, spot.offset] : [older?.startContainer, older?.startOffset]
    if (!node || !this.code.contains(node)) return 0
    const range = document.createRange()
    range.selectNodeContents(this.code)
    range.setEnd(node, offset)
    return range.toString().length
  }

  /** Run in a back end; resolves with {ok}. With `stub` run the book's text, so that no earlier answer is left, and show nothing. */
  async run(backend, stub = false) {
    const shown = this.element && !stub ? this.output : null
    this.status = "running"
    this.failure = ""
    shown?.begin()
    this.draw()
    const result = await backend.execute(stub ? this.source : this.text, message => {
      if (message.kind === "error") this.failure = `${message.name}: ${message.text.split("\n")[0]}`
      shown?.show(message)
    })
    if (stub) return result
    if (result.ok) this.ran = backend.session
    if (result.lost) shown?.note(`${result.lost} What the cells had computed is gone; the next run starts afresh.`)
    shown?.end()
    this.status = result.ok ? "done" : "failed"
    this.draw()
    return result
  }

  /** Ask under the cell; `choices` are pairs of a label and what it does. */
  offer(question, ...choices) {
    this.withdraw()
    const buttons = choices.map(([label, act]) => make("button", {type: "button", onclick: () => { this.withdraw(); act() }}, label))
    const leave = event => { if (event.key === "Escape") this.withdraw() }
    this.question = make("div", {class: "cell-offer", role: "group", "aria-label": question, onkeydown: leave},
      make("p", {}, question), ...buttons)
    const place = this.folded ? this.element.querySelector("details") : this.box
    place.after(this.question)
    buttons[0].focus({preventScroll: true})
  }

  /** The focus does not fall to the start of the page. */
  withdraw() {
    const held = this.question?.contains(document.activeElement)
    this.question?.remove()
    if (held) this.button.focus({preventScroll: true})
  }
}
