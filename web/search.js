// The search of the pages: chapters come before appendices, and the reference comes last.

const rank = ({item: {href}}) => href.startsWith("api/") ? 2 : /^nbs\/\d/.test(href) ? 0 : 1

export function chaptersFirst(Fuse) {
  if (!Fuse) return
  const {search} = Fuse.prototype
  Fuse.prototype.search = function (text, {limit} = {}) {
    const found = search.call(this, text).sort((a, b) => rank(a) - rank(b)), names = found.filter(hit => rank(hit) === 2)
    return [...found.slice(0, Math.min(limit - 4, found.length - names.length)), ...names].slice(0, limit)
  }
}
