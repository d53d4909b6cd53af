// What a reader leaves on a page: changed cells and solved exercises. It stays in this browser.

export class Store {
  #data = {edits: {}, passed: []}

  constructor(page) {
    this.key = `build_your_own_torch ${page}`
    try { this.#data = {...this.#data, ...JSON.parse(localStorage.getItem(this.key))} } catch { /* none, or not ours */ }
  }

  #save() {
    try { localStorage.setItem(this.key, JSON.stringify(this.#data)) } catch { /* no room, or storage is forbidden */ }
  }

  edit(id) { return this.#data.edits[id] }
  keep(id, text) {
    if (text === null) delete this.#data.edits[id]
    else this.#data.edits[id] = text
    this.#save()
  }
  get edits() { return Object.keys(this.#data.edits).length }

  passed(id) { return this.#data.passed.includes(id) }
  pass(id) {
    if (!this.passed(id)) this.#data.passed.push(id)
    this.#save()
  }
}
