// What a reader leaves on a page: changed cells and solved exercises. It stays in this browser.

export class Store {
  #data = {edits: {}, passed: []}

  constructor(page) {
    this.key = `build_your_own_torch ${page}`
    this.#read()
  }

  /** What is stored, also by another tab; without storage, what this page remembers. */
  #read() {
    try { this.#data = {...this.#data, ...JSON.parse(localStorage.getItem(this.key))} } catch { /* forbidden, or not ours */ }
    return this.#data
  }

  #change(act) {
    act(this.#read())
    try { localStorage.setItem(this.key, JSON.stringify(this.#data)) } catch { /* no room, or forbidden */ }
  }

  edit(id) { return this.#data.edits[id] }
  keep(id, text) { this.#change(({edits}) => { if (text === null) delete edits[id]; else edits[id] = text }) }
  get edits() { return Object.keys(this.#data.edits).length }

  clear() { this.#change(data => { data.edits = {} }) }

  passed(id) { return this.#data.passed.includes(id) }
  pass(id) { this.#change(({passed}) => { if (!passed.includes(id)) passed.push(id) }) }
}
