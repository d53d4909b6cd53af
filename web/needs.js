// Which cells a cell needs, from the names that each reads, binds and changes.

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu

/** What a reader's text may read: every word of it. */
export const words = text => text.match(WORD) ?? []

/** The cells of `above` that something which reads `names` needs, in their order; a library's cells are always needed.

Read backwards: a cell that binds or changes a wanted name is needed, and then what it reads is wanted too. */
export function needs(above, names) {
  const wanted = new Set(names), found = []
  for (const cell of [...above].reverse()) {
    if (!cell.library && ![...cell.binds, ...cell.changes].some(name => wanted.has(name))) continue
    found.unshift(cell)
    for (const name of cell.binds) wanted.delete(name)
    for (const name of [...cell.reads, ...cell.changes]) wanted.add(name)
  }
  return found
}
