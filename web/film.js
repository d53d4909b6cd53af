// A film with a button and a slider; where no scripts run it only plays.
import {make} from "./output.js"

export function projector(film) {
  const frames = [...film.querySelectorAll(".frame")], caption = frame => frame.lastElementChild.textContent
  const pause = 1000 * film.dataset.seconds / frames.length
  let at = frames.length - 1, timer = null
  const slider = make("input", {type: "range", min: 0, max: at, value: at, "aria-label": "Frame of the film", oninput: () => { stop(); show(+slider.value) }})
  const button = make("button", {type: "button", onclick: () => timer ? stop() : play()})
  function show(frame) {
    at = frame
    frames.forEach((f, i) => f.classList.toggle("is-shown", i === at))
    slider.value = at
    slider.setAttribute("aria-valuetext", caption(frames[at]))
  }
  const next = () => film.isConnected ? show((at + 1) % frames.length) : stop()
  function play() { timer = setInterval(next, pause); button.textContent = "Pause"; next() }
  function stop() { clearInterval(timer); timer = null; button.textContent = "Play" }
  film.classList.add("has-controls")
  film.querySelector("label").replaceWith(make("div", {class: "film-controls"}, button, slider))
  show(at)
  stop()
}
