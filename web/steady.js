// What a reader holds stays where it is, whatever grows or shrinks above it.

/** Whether a part of an element can be seen. */
const seen = element => {
  const {top, bottom} = element.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

export function steady(main) {
  let held = null, top = 0
  /** The first block in sight. */
  function first() {
    const x = main.getBoundingClientRect().left + 60
    for (let y = 70; y < innerHeight; y += 30) {
      const block = document.elementFromPoint(x, y)?.closest("main > :not(section), main section > :not(section)")
      if (block) return block
    }
  }
  function hold(event) {
    const touched = event?.target?.closest?.("main .cell, main p, main summary")
    held = [touched, held].find(e => e?.isConnected && seen(e)) ?? first()
    top = held?.getBoundingClientRect().top
  }
  new ResizeObserver(() => {
    if (held?.isConnected) scrollBy({top: held.getBoundingClientRect().top - top, behavior: "instant"})
    hold()
  }).observe(main)
  for (const kind of ["pointerdown", "focusin"]) main.addEventListener(kind, hold)
  addEventListener("scroll", () => hold(), {passive: true})
}
