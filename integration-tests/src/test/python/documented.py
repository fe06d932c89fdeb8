"""The Python programs of a document: all compile, the first one runs.

  python3 documented.py DOCUMENT [TEXT REPLACEMENT]...
"""
import ast
import re
import sys

document, *words = sys.argv[1:]
with open(document, encoding="utf-8") as file:
    programs = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
for program in programs:
    ast.parse(program)
first = programs[0]
for text, replacement in zip(words[::2], words[1::2]):
    assert text in first, text
    first = first.replace(text, replacement)
exec(compile(first, document, "exec"), {"__name__": "__main__"})
print(len(programs), "programs")
