// The editor that takes the place of a cell's code when it is touched.
import {closeBrackets, closeBracketsKeymap} from "@codemirror/autocomplete"
import {defaultKeymap, history, historyKeymap, indentLess, indentMore} from "@codemirror/commands"
import {python} from "@codemirror/lang-python"
import {bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting} from "@codemirror/language"
import {EditorState} from "@codemirror/state"
import {drawSelection, EditorView, keymap} from "@codemirror/view"
import {tags as t} from "@lezer/highlight"

// the classes of the book's style sheet, so that code looks the same before and while it is edited
const style = HighlightStyle.define([
  {tag: [t.keyword, t.operatorKeyword, t.definitionKeyword, t.modifier], class: "kw"},
  {tag: [t.controlKeyword, t.moduleKeyword], class: "cf"},
  {tag: [t.string, t.special(t.string)], class: "st"},
  {tag: t.comment, class: "co"},
  {tag: t.number, class: "dv"},
  {tag: [t.bool, t.null], class: "cn"},
  {tag: t.function(t.definition(t.variableName)), class: "fu"},
])

const tab = view => view.state.selection.ranges.some(r => !r.empty) ? indentMore(view) : insertSpaces(view)

/** To the next multiple of four, as Python is written. */
function insertSpaces(view) {
  const at = view.state.selection.main.head, column = at - view.state.doc.lineAt(at).from
  view.dispatch(view.state.replaceSelection(" ".repeat(4 - column % 4)), {userEvent: "input"})
  return true
}

export function openEditor(place, {text, at = 0, focus, label, run, changed, leave}) {
  const keys = keymap.of([
    {key: "Shift-Enter", run: () => (run(), true)},
    {key: "Mod-Enter", run: () => (run(), true)},
    {key: "Escape", run: () => (leave(), true)},
    {key: "Tab", run: tab, shift: indentLess},
    ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap,
  ])
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: text, selection: {anchor: Math.min(at, text.length)},
      extensions: [
        keys, history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), python(), indentUnit.of("    "),
        syntaxHighlighting(style),
        EditorView.contentAttributes.of({"aria-label": label, autocapitalize: "off", autocorrect: "off", spellcheck: "false"}),
        EditorView.updateListener.of(update => { if (update.docChanged) changed(update.state.doc.toString()) }),
      ],
    }),
  })
  if (focus) view.focus()
  return {
    get text() { return view.state.doc.toString() },
    set text(value) { view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: value}}) },
    focus() { view.focus() },
  }
}
