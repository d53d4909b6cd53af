// What a cell has shown, drawn under it.
import {AnsiUp} from "ansi_up"

const MOST = 200_000  // characters of one stream on the page
const KINDS = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
const places = new Map()  // display id -> elements that show it

export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value)
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value)
  }
  element.append(...children)
  return element
}

/** What scrolls must be reachable by keyboard, and only that should be. */
export function reachable(place) {
  for (const pre of place.querySelectorAll("pre:not([role])")) {
    if (pre.scrollWidth > pre.clientWidth || pre.scrollHeight > pre.clientHeight) pre.tabIndex = 0
    else pre.removeAttribute("tabindex")
  }
}

/** Text as a terminal would show it: `\r` goes back to the start of a line, `\b` one place, the escape for "erase" erases. */
export function typed(text) {
  if (!/[\r\b]/.test(text)) return text
  return text.replace(/\r\n/g, "\n").split("\n").map(line => {
    let out = ""
    for (const part of line.replace(/.\x08/g, "").split("\r")) {
      if (part.startsWith("\x1b[K") || part.length >= out.length) out = part.replace("\x1b[K", "") || out
      else out = part + out.slice(part.length)
    }
    return out
  }).join("\n")
}

/** Text with its colours as HTML. */
function colours(text) {
  const ansi = new AnsiUp()
  ansi.use_classes = true
  return ansi.ansi_to_html(text)
}

/** The beginning and the end of what is too long for a page; `lost` characters are missing already. */
function cut(text, lost = 0) {
  if (text.length <= MOST && !lost) return text
  const left = lost + text.length - Math.min(text.length, MOST)
  return `${text.slice(0, MOST / 2)}\n… ${left.toLocaleString("en")} characters left out …\n${text.slice(-MOST / 2)}`
}

function block(kind, text) {
  const code = make("code")
  code.innerHTML = colours(cut(text))
  return make("div", {class: `cell-output cell-output-${kind}`}, make("pre", {}, code))
}

/** The best form of a value, in the page's own frame for figures if the cell has a caption. */
function picture(data, {caption, alt}) {
  const kind = KINDS.find(k => data[k] != null)
  if (!kind || kind === "text/plain") return block("display", data["text/plain"] ?? "")
  const holder = make("div", {class: "cell-output cell-output-display"}), text = [data[kind]].flat().join("")
  const box = caption ? make("p") : holder
  if (kind.startsWith("image/") && kind !== "image/svg+xml")
    box.append(make("img", {src: `data:${kind};base64,${text}`, alt: alt ?? data["text/plain"] ?? "", class: "figure-img"}))
  else box.innerHTML = text.replace(/^<\?xml.*?\?>|<!DOCTYPE[^>]*>/gs, "")
  const drawing = box.querySelector("svg")
  if (drawing && kind === "image/svg+xml") {
    const name = alt ?? drawing.getAttribute("alt")
    if (name) drawing.setAttribute("aria-label", name)
  }
  for (const svg of box.querySelectorAll("svg[role=img]:not([aria-label])")) svg.removeAttribute("role")
  if (caption) {
    const words = make("figcaption")
    words.innerHTML = caption
    holder.append(make("div", {class: "quarto-figure quarto-figure-center"}, make("figure", {class: "figure"}, box, words)))
  }
  return holder
}

/** A message first and the way to it behind it; of a check only the message, which is written for readers. */
function failure({name, text, trace}, verdict) {
  if (verdict && name === "AssertionError" && text)
    return make("div", {class: "cell-output cell-output-verdict"}, make("p", {}, text))
  return block("error", trace || `${name}: ${text}`)
}

export class Output {
  #parts = []
  #fresh = false
  #last = null  // the stream that is being written
  #timer = null

  constructor(cell, {verdict}) {
    this.cell = cell
    this.verdict = verdict
    const drawing = cell.querySelector(".cell-output svg, .cell-output img")
    this.look = {caption: cell.querySelector(".quarto-figure figcaption")?.innerHTML,
                 alt: drawing?.getAttribute("aria-label") ?? drawing?.getAttribute("alt")}
    this.stored = [...cell.querySelectorAll(".cell-output")].filter(part => !part.parentElement.closest(".cell-output"))
    this.#parts = [...this.stored]
    for (const part of this.stored) part.classList.add("is-stored")
  }

  /** Put the book's stored outputs back. */
  restore() {
    this.clear()
    this.cell.append(...this.stored)
    this.#parts = [...this.stored]
    for (const part of this.stored) part.classList.remove("is-old")
  }

  /** What stands there stays until something new comes, so that the page does not jump. */
  begin() {
    this.#flush()
    this.#last = null
    this.#fresh = true
    this.age()
  }

  /** Show that what stands there is not of the text above it. */
  age() { for (const part of this.#parts) part.classList.add("is-old") }

  clear() {
    for (const part of this.#parts) part.remove()
    this.#parts = []
    this.#last = null
  }

  #add(part) {
    if (this.#fresh) this.clear()
    this.#fresh = false
    this.cell.append(part)
    this.#parts.push(part)
    return part
  }

  show(message) {
    const {kind} = message
    if (kind === "stream") return this.#write(message)
    if (kind === "update") {
      for (const place of places.get(message.id) ?? []) place.replaceChildren(...picture(message.data, {}).childNodes)
      return
    }
    this.#flush()
    this.#last = null
    if (kind === "clear") { if (message.wait) this.#fresh = true; else this.clear(); return }
    const part = this.#add(kind === "error" ? failure(message, this.verdict) : picture(message.data, this.look))
    if (message.id) places.set(message.id, [...(places.get(message.id) ?? []).filter(p => p.isConnected), part])
  }

  #write({name, text}) {
    if (this.#last?.name !== name) {
      this.#flush()
      this.#last = {name, raw: "", lost: 0, part: this.#add(block(name, ""))}
    }
    const last = this.#last
    last.raw += text
    if (last.raw.length > 2 * MOST) {
      last.lost += last.raw.length - MOST
      last.raw = last.raw.slice(0, MOST / 2) + last.raw.slice(-MOST / 2)
    }
    this.#timer ??= setTimeout(() => this.#flush(), 40)
  }

  #flush() {
    clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#last) return
    const {raw, lost, part} = this.#last
    part.querySelector("code").innerHTML = colours(typed(cut(raw, lost)).replace(/\n$/, ""))
  }

  /** A sentence of the page itself; it takes the place of an earlier one. */
  note(text) {
    this.#flush()
    this.#last = null
    for (const part of this.#parts) if (part.matches(".cell-output-note")) part.remove()
    this.#add(make("div", {class: "cell-output cell-output-note"}, make("p", {}, text)))
  }

  end() {
    if (this.#fresh) this.clear()
    this.#fresh = false
    this.#flush()
    reachable(this.cell)
  }

  /** What a screen reader is told. */
  get words() { return this.#parts.map(part => part.querySelector("svg, img") ? "a figure" : part.textContent.trim()).join(" ").slice(0, 300) }
}
