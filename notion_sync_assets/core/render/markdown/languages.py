"""Languages of code as Markdown names them.

Here: what stands behind the opening fence. Not here: code (``text_blocks``). Only languages that Notion offers are
named as they are: anything else could be one that a reader's tool runs (a query, a script), and gets a prefix.
Source: the languages of code blocks in Notion's own response types (notion_api.md §4).
"""

import re
from typing import Final

_NOT_IN_INFO = re.compile(r"[^\w+#.-]+")

_RENAMED: Final = {
    "plain text": "",
    "ascii art": "",
    "c++": "cpp",
    "c#": "csharp",
    "f#": "fsharp",
    "java/c/c++/c#": "",
    "llvm ir": "llvm",
    "notion formula": "",
    "visual basic": "vb",
    "vb.net": "vbnet",
}
_NAMES: Final = (
    "abap abc agda arduino assembly bash basic bnf c clojure coffeescript coq css dart dhall diff "
    "docker ebnf elixir elm erlang flow fortran gherkin glsl go graphql groovy haskell hcl html idris "
    "java javascript json julia kotlin latex less lisp livescript lua makefile markdown markup matlab "
    "mathematica mermaid nix objective-c ocaml pascal perl php powershell prolog protobuf purescript "
    "python r racket reason ruby rust sass scala scheme scss shell smalltalk solidity sql swift toml "
    "typescript verilog vhdl webassembly xml yaml"
)
_SAME: Final = frozenset(_NAMES.split())


def info_string(language: str) -> str:
    """Return the name of a language for a fence, empty for one without a name."""
    if language in _SAME or not language:
        return language
    return _RENAMED.get(language, f"lang-{_NOT_IN_INFO.sub('-', language)}")
