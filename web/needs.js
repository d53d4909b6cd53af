// Which cells a cell needs, from the names that each reads, binds and changes.

const WORD = /(?<![\p{L}\p{N}_.])[\p{L}_][\p{L}\p{N}_]*/gu
const STRING = /(?<![fF])("""|''')[^]*?\1|(?<![fF\w])[rRbBuU]*("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|#.*/g
const BINDS = [/\bdef\s+\w+\s*\(([^)]*)\)/g, /\blambda\b([^:]*):/g, /\bfor\s+([\w, ()]+?)\s+in\b/g, /\b(?:def|class|as|import)\s+(\w+)/g,
  /^\s*([\w, ]+?)\s*=(?!=)/gm, /(\w+)\s*=(?!=)/g]

const found = text => text.match(WORD) ?? []

/** What a reader's text may read: its words, but for those in strings and comments, behind dots, and bound by the text itself. */
export function words(text) {
  const code = text.replace(STRING, " ")
  const bound = new Set(BINDS.flatMap(form => [...code.matchAll(form)].flatMap(match => found(match[1]))))
  return found(code).filter(word => !bound.has(word))
}

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
