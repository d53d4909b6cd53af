// Runs cells one after another in Pyodide and reports what they show.
import errors from "./errors.py"
import pretty from "pretty.py"  // IPython's own; pages.py says where it is
import shell from "./shell.py"

let pyodide, needs, base, run = 0
const tell = message => postMessage({run, ...message})

async function boot({base: folder, wheel, needs: named, alarm}) {
  base = folder
  needs = Object.entries(named).map(([name, packages]) => [new RegExp(name), packages])
  let load
  try { ({loadPyodide: load} = await import(/* no bundling */ `${base}pyodide.mjs`)) }
  catch { throw new Error(`Python could not be loaded from ${base}. The page stays readable; its results are those stored in the book.`) }
  const library = fetch(wheel).then(answer => {
    if (!answer.ok) throw new Error(`The library could not be loaded from ${wheel} (${answer.status}).`)
    return answer.arrayBuffer()
  })
  library.catch(() => {})  // it is awaited below
  const options = {indexURL: base, stdout: () => {}, stderr: () => {}, env: {MPLBACKEND: "AGG", HOME: "/home/pyodide"}}
  try { pyodide = await orLost(() => load(options)) }
  catch (error) { throw new Error(`Python could not be started in this browser (${error.message}).`) }
  if (alarm) pyodide.setInterruptBuffer(alarm)
  pyodide.unpackArchive(await library, "wheel")
  pyodide.registerJsModule("book_page", {tell: text => tell(JSON.parse(text))})
  for (const [name, text] of [["errors.py", errors], ["pretty.py", pretty]]) pyodide.FS.writeFile(name, text)
  const names = pyodide.toPy({__name__: "shell"})
  pyodide.runPython(shell, {globals: names})
  for (const name of ["run_cell", "has"]) pyodide[name] = names.get(name)
}

/** Pyodide may wait for ever for a file that can't be had; this fails as soon as one can't. */
async function orLost(start) {
  const plain = self.fetch
  const lost = new Promise((_, reject) => {
    self.fetch = (...asked) => plain(...asked).then(answer => {
      if (!answer.ok) reject(new Error(`${answer.url}: ${answer.status}`))
      return answer
    }, error => { reject(error); throw error })
  })
  try { return await Promise.race([start(), lost]) } finally { self.fetch = plain }
}

/** Load what the code imports, and what the parts of the library import that it uses; say what could not be had. */
async function load(code) {
  const wanted = new Set(needs.filter(([name]) => name.test(code)).flatMap(([, packages]) => packages))
  const options = {messageCallback() {}, errorCallback() {}}
  await pyodide.loadPackagesFromImports(code, options).catch(() => {})
  const missing = () => [...wanted].filter(name => !pyodide.has(name))
  if (missing().length) await pyodide.loadPackage(missing(), options).catch(() => {})
  for (const name of missing()) tell({kind: "stream", name: "stderr", text: `${name} could not be loaded from ${base}\n`})
}

async function execute({run: number, code}) {
  run = number
  await load(code)
  tell({kind: "done", ok: await pyodide.run_cell(code)})
}

let last = Promise.resolve()
onmessage = ({data}) => {
  if (data.kind === "boot") last = boot(data).then(() => tell({kind: "ready"}), error => tell({kind: "failed", text: error.message}))
  else last = last.then(() => execute(data)).catch(crashed)
}

// Pyodide does not survive an overflow of the browser's stack, and says so outside of any promise that we hold
const crashed = error => tell({kind: "fatal", text: error?.message ?? String(error)})
addEventListener("unhandledrejection", event => crashed(event.reason))
addEventListener("error", event => crashed(event.error))
