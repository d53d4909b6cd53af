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
    this.tools = make("div", {class: "cell-tools"}, this.above, this.undo, this.told)
    this.box.after(this.tools)
    if (this.kind === "check") this.#buildCheck()
    if (this.edited) this.edit({focus: false})
    this.draw()
  }

  #buildCheck() {
    this.mark = make("span", {class: "check-mark"}, "solved")
    const button = make("button", {type: "button", class: "check-button", onclick: () => this.page.check(this)}, "Check my answer")
    this.element.prepend(make("div", {class: "check-bar"}, button, this.mark))
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

  /** Run in a back end; resolves with {ok}. */
  async run(backend) {
    const shown = this.element ? this.output : null
    this.status = "running"
    shown?.begin()
    this.draw()
    const result = await backend.execute(this.text, message => shown?.show(message))
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
    const leave = event => { if (event.key === "Escape") { this.withdraw(); this.button.focus() } }
    this.question = make("div", {class: "cell-offer", role: "group", "aria-label": question, onkeydown: leave},
      make("p", {}, question), ...buttons)
    const place = this.folded || this.kind === "check" ? this.element.querySelector("details") : this.tools
    place.after(this.question)
    buttons[0].focus()
  }

  withdraw() { this.question?.remove() }
}
