// What a reader holds stays where it is, whatever grows or shrinks above it.

/** Whether a part of an element can be seen. */
const seen = element => {
  const {top, bottom} = element.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

export function steady(main) {
  // A place in the text, not in the window: scrolling leaves it alone, so only what grew above changes it.
  const place = element => element.getBoundingClientRect().top - main.getBoundingClientRect().top
  let held = null, was = 0
  /** The first block in sight. */
  function first() {
    const x = main.getBoundingClientRect().left + 60
    for (let y = 70; y < innerHeight; y += 30) {
      const block = document.elementFromPoint(x, y)?.closest("main > :not(section), main section > :not(section)")
      if (block) return block
    }
  }
  /** Scroll by what has grown above what is held since it was last looked at. */
  function settle() {
    const grown = held?.isConnected ? place(held) - was : 0
    if (Math.abs(grown) >= .5) scrollBy({top: grown, behavior: "instant"})  // even by 0 it would end a smooth scroll
  }
  function hold(event) {
    settle()
    const touched = event?.target?.closest?.("main .cell, main p, main summary")
    held = [touched, held].find(e => e?.isConnected && seen(e)) ?? first()
    was = held ? place(held) : 0
  }
  new ResizeObserver(() => hold()).observe(main)
  for (const kind of ["pointerdown", "focusin"]) main.addEventListener(kind, hold)
  addEventListener("scroll", () => hold(), {passive: true})
}
