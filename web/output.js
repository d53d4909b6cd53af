// What a cell has shown, drawn under it.
import {AnsiUp} from "ansi_up"
import {projector} from "./film.js"

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

/** Text as a terminal would show it: `\r`, `\b` and the escapes move a cursor and erase; what is written later stands on top. */
export function typed(text) {
  if (!/[\r\b]|\x1b\[[\d;?]*[A-GK]/.test(text)) return text
  const lines = [[]]
  let row = 0, at = 0, colour = ""
  const erase = (line, from, to) => { for (let i = from; i < to && i < line.length; i++) line[i] = [" ", ""] }
  const places = {
    A: n => { row = Math.max(0, row - (n || 1)) }, B: n => { row += n || 1 }, C: n => { at += n || 1 }, D: n => { at = Math.max(0, at - (n || 1)) },
    E: n => { row += n || 1; at = 0 }, F: n => { row = Math.max(0, row - (n || 1)); at = 0 }, G: n => { at = Math.max(0, n - 1) },
    K: n => erase(lines[row], n ? 0 : at, n === 1 ? at + 1 : Infinity),
  }
  for (const [part, number, letter] of text.replace(/\r+\n/g, "\n").matchAll(/\x1b\[([\d;?]*)([A-Za-z])|[^]/gu)) {
    if (letter === "m") colour = /^0?$/.test(number) ? "" : colour + part
    else if (letter) places[letter]?.(parseInt(number) || 0)
    else if (part === "\n") { row++; at = 0 }
    else if (part === "\r") at = 0
    else if (part === "\b") at = Math.max(0, at - 1)
    else {
      while (lines[row].length < at) lines[row].push([" ", ""])
      lines[row][at++] = [part, colour]
    }
    while (lines.length <= row) lines.push([])
  }
  let last = "", shown = ""
  for (const [i, line] of lines.entries()) {
    if (i) shown += "\n"
    const end = line.findLastIndex(([letter, style]) => letter !== " " || style)
    for (const [letter, style] of line.slice(0, end + 1)) {
      if (style !== last) shown += (last ? "\x1b[0m" : "") + style
      last = style
      shown += letter
    }
  }
  return last ? shown + "\x1b[0m" : shown
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
  for (const film of box.querySelectorAll(".film")) projector(film)
  if (caption) {
    const words = make("figcaption")
    words.innerHTML = caption
    holder.append(make("div", {class: "quarto-figure quarto-figure-center"}, make("figure", {class: "figure"}, box, words)))
  }
  return holder
}

/** What a check says of an answer, in a box. */
const judged = (text, right) => make("div", {class: `cell-output cell-output-verdict${right ? " is-right" : ""}`}, make("p", {}, text))

/** A message first and the way to it behind it; of a check only the message, which is written for readers. */
const failure = ({name, text, trace}, verdict) => verdict && name === "AssertionError" && text ? judged(text, false) : block("error", trace || `${name}: ${text}`)

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
    if (verdict) this.stored = this.stored.map(part => this.#boxed(part))
    this.#parts = [...this.stored]
    for (const part of this.stored) part.classList.add("is-stored")
  }

  /** The stored praise of a check, in its box. */
  #boxed(part) {
    const box = judged(part.textContent.trim(), true)
    part.replaceWith(box)
    return box
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
      this.#last = {name, raw: "", lost: 0, part: this.#add(this.verdict && name === "stdout" ? judged("", true) : block(name, ""))}
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
    part.querySelector("code, p").innerHTML = colours(typed(cut(raw, lost)).replace(/\n$/, ""))
  }

  /** A sentence of the page itself, perhaps with a button; it takes the place of an earlier one. */
  note(...words) {
    this.#flush()
    this.#last = null
    for (const part of this.#parts) if (part.matches(".cell-output-note")) part.remove()
    this.#add(make("div", {class: "cell-output cell-output-note"}, make("p", {}, ...words)))
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
