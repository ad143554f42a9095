#!/usr/bin/env python3
"""Style figures of a Rust tree, beside other trees.

usage: style_figures.py REPO [--top N] [--src DIR,DIR] [--tests DIR,DIR] [--brief]

Definitions (rough brace matcher, test files and inline test modules left out):
- function length: from the line of `fn` to the line of its closing brace, signature included, attributes and docs not;
- comments per code line: (lines that are only a comment, docs included) / (lines that hold code);
- p90 and p99: nearest rank.
It reads text, it runs nothing. What it cannot know (macros that make functions, `pub` inside a macro) it leaves out.
"""
import math
import os
import re
import sys
from collections import Counter, defaultdict


# ---------------------------------------------------------------- lexing
def mask(text):
    """The text with the insides of comments and strings replaced by spaces, line breaks kept; and the comment spans."""
    out = list(text)
    comments = []
    i, n = 0, len(text)

    def blank(a, b):
        for k in range(a, b):
            if out[k] != "\n":
                out[k] = " "

    while i < n:
        c = text[i]
        if text.startswith("//", i):
            j = text.find("\n", i)
            j = n if j < 0 else j
            comments.append((i, j))
            blank(i, j)
            i = j
        elif text.startswith("/*", i):
            depth, j = 1, i + 2
            while j < n and depth:
                if text.startswith("/*", j):
                    depth += 1
                    j += 2
                elif text.startswith("*/", j):
                    depth -= 1
                    j += 2
                else:
                    j += 1
            comments.append((i, j))
            blank(i, j)
            i = j
        elif (m := re.compile(r'b?r(#*)"').match(text, i)) and (i == 0 or not (text[i - 1].isalnum() or text[i - 1] == "_")):
            end = text.find('"' + m.group(1), m.end())
            end = n if end < 0 else end + 1 + len(m.group(1))
            blank(m.end(), max(m.end(), end - 1 - len(m.group(1))))
            i = end
        elif c == '"':
            j = i + 1
            while j < n and text[j] != '"':
                j += 2 if text[j] == "\\" else 1
            blank(i + 1, min(j, n))
            i = j + 1
        elif c == "'":
            m = re.compile(r"'(\\x[0-9a-fA-F]{2}|\\u\{[^}]*\}|\\.|[^\\'\n])'").match(text, i)
            if m:
                blank(i + 1, m.end() - 1)
                i = m.end()
            else:
                i += 1
        else:
            i += 1
    return "".join(out), comments


def close_of(masked, at, opening="{", closing="}"):
    depth = 0
    for k in range(at, len(masked)):
        if masked[k] == opening:
            depth += 1
        elif masked[k] == closing:
            depth -= 1
            if depth == 0:
                return k
    return len(masked) - 1


def test_spans(masked):
    """Spans of `#[cfg(test)]` items."""
    spans = []
    for m in re.finditer(r"#\[cfg\((?:test|all\(test[^\]]*)\)\]", masked):
        brace = masked.find("{", m.end())
        semi = masked.find(";", m.end())
        if brace < 0 or (0 <= semi < brace):
            spans.append((m.start(), semi if semi >= 0 else len(masked)))
        else:
            spans.append((m.start(), close_of(masked, brace)))
    return spans


def inside(spans, at):
    return any(a <= at <= b for a, b in spans)


class File:
    def __init__(self, root, path):
        self.path = path
        self.text = open(os.path.join(root, path), encoding="utf-8").read()
        self.masked, self.comments = mask(self.text)
        self.tests = test_spans(self.masked)
        self.starts = [0]
        for m in re.finditer("\n", self.text):
            self.starts.append(m.end())

    def line(self, at):
        lo, hi = 0, len(self.starts)
        while hi - lo > 1:
            mid = (lo + hi) // 2
            if self.starts[mid] <= at:
                lo = mid
            else:
                hi = mid
        return lo + 1

    def lines(self):
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))

    def functions(self):
        for m in re.finditer(r"\bfn\s+([A-Za-z_]\w*)", self.masked):
            if inside(self.tests, m.start()):
                continue
            k, depth = m.end(), 0
            while k < len(self.masked):
                c = self.masked[k]
                if c in "([":
                    depth += 1
                elif c in ")]":
                    depth -= 1
                elif depth == 0 and c == ";":
                    break
                elif depth == 0 and c == "{":
                    break
                k += 1
            if k >= len(self.masked) or self.masked[k] == ";":
                continue
            end = close_of(self.masked, k)
            yield m.group(1), self.line(m.start()), self.line(end) - self.line(m.start()) + 1, self.parameters(m.end()), m.start(), end

    def parameters(self, at):
        """How many parameters, `self` not counted."""
        k = at
        if self.masked[k : k + 1] == "<" or self.masked[k:].lstrip().startswith("<"):
            k = self.masked.find("<", k)
            depth = 0
            while k < len(self.masked):
                if self.masked[k] == "<":
                    depth += 1
                elif self.masked[k] == ">" and self.masked[k - 1] != "-":
                    depth -= 1
                    if depth == 0:
                        break
                k += 1
        a = self.masked.find("(", k)
        b = close_of(self.masked, a, "(", ")")
        inner, parts, depth, start = self.masked[a + 1 : b], [], 0, 0
        for i, c in enumerate(inner):
            if c in "([{<":
                depth += 1
            elif c in ")]}" or (c == ">" and inner[i - 1] not in "-="):
                depth -= 1
            elif c == "," and depth == 0:
                parts.append(inner[start:i])
                start = i + 1
        parts.append(inner[start:])
        parts = [p.strip() for p in parts if p.strip()]
        return len([p for p in parts if not re.fullmatch(r"&?\s*('\w+\s+)?(mut\s+)?self(\s*:.*)?", p, re.S)])


def rank(values, p):
    values = sorted(values)
    return values[max(0, math.ceil(p * len(values)) - 1)] if values else 0


def rust_files(root, *folders):
    for folder in folders:
        for base, dirs, names in os.walk(os.path.join(root, folder)):
            dirs[:] = [d for d in dirs if d not in ("target", ".git")]
            for name in sorted(names):
                if name.endswith(".rs"):
                    yield os.path.relpath(os.path.join(base, name), root)


# ---------------------------------------------------------------- comments
WORD = re.compile(r"[a-z]+")
STOP = set("the a an of to in is are and or it its this that for with from by on at as be not no has have one what which when if so than then there here they we you all only".split())


def stem(word):
    for end in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word


def words(text):
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    return {stem(w) for w in WORD.findall(text.lower()) if w not in STOP and len(w) > 1}


CODE_LIKE = re.compile(r"^\s*(let |if .*\{|for .*\{|match |return\b.*;|[a-z_]+(\.|::)[\w.:]+\(.*\);?$|use [\w:]+|pub |fn |#\[|\}.*$|[\w.]+ = .*;)")


def comment_figures(f):
    """(plain lines, doc lines, repeats, commented-out code)"""
    plain, docs, repeats, dead = 0, 0, [], []
    lines = f.text.split("\n")
    for i, line in enumerate(lines):
        s = line.strip()
        if s.startswith(("///", "//!")):
            docs += 1
        elif s.startswith("//"):
            plain += 1
            body = s[2:].strip()
            if CODE_LIKE.match(body) and (body.endswith((";", "{", "}", ")")) or body.startswith("#[")):
                dead.append((f.path, i + 1, body))
            before = lines[i - 1].strip() if i else ""
            after = lines[i + 1].strip() if i + 1 < len(lines) else ""
            if not before.startswith("//") and not after.startswith("//") and after:
                w = words(body)
                if len(w) >= 2 and len(w - words(after)) <= len(w) * 0.25:
                    repeats.append((f.path, i + 1, body))
        # a doc line of one sentence above the item whose every word is in the item's line
        if s.startswith("///") and (i == 0 or not lines[i - 1].strip().startswith("///")):
            after = lines[i + 1].strip() if i + 1 < len(lines) else ""
            if after and not after.startswith(("///", "#[")):
                w = words(s[3:])
                if len(w) >= 1 and not (w - words(after)):
                    repeats.append((f.path, i + 1, s[3:].strip()))
    return plain, docs, repeats, dead


# ---------------------------------------------------------------- imports
def module_of(path):
    parts = path[:-3].split("/")
    if "src" in parts:
        parts = parts[parts.index("src") + 1 :]
    if parts and parts[-1] in ("mod", "lib", "main"):
        parts = parts[:-1]
    return tuple(parts)


def expand(tree, prefix=()):
    """`a::{b, c::d}` as tuples of names."""
    tree = tree.strip()
    m = re.match(r"^((?:\w+\s*::\s*)*)\{(.*)\}$", tree, re.S)
    if m:
        head = tuple(p.strip() for p in m.group(1).split("::") if p.strip())
        depth, start, inner = 0, 0, m.group(2)
        for i, c in enumerate(inner + ","):
            if c == "{":
                depth += 1
            elif c == "}":
                depth -= 1
            elif c == "," and depth == 0:
                if inner[start:i].strip():
                    yield from expand(inner[start:i], prefix + head)
                start = i + 1
    else:
        yield prefix + tuple(p.strip() for p in re.sub(r"\s+as\s+\w+", "", tree).split("::") if p.strip())


def circles(files):
    modules = {module_of(f.path): f.path for f in files}
    edges = defaultdict(set)
    for f in files:
        here = module_of(f.path)
        paths = []
        for m in re.finditer(r"\buse\s+([^;]+);", f.masked):
            if not inside(f.tests, m.start()):
                paths += list(expand(m.group(1)))
        for m in re.finditer(r"\b(?:crate|super|self)(?:::\w+)+", f.masked):
            if not inside(f.tests, m.start()):
                paths.append(tuple(m.group(0).split("::")))
        for p in paths:
            if p and p[0] in ("crate", "jobsd"):
                full = p[1:]
            elif p and p[0] == "self":
                full = here + p[1:]
            elif p and p[0] == "super":
                k = 0
                while k < len(p) and p[k] == "super":
                    k += 1
                full = here[: len(here) - k] + p[k:]
            else:
                continue
            for size in range(len(full), 0, -1):
                if full[:size] in modules:
                    target = modules[full[:size]]
                    if target != f.path:
                        edges[f.path].add(target)
                    break
    # strongly connected components (Tarjan, iterative)
    index, low, on, stack, out, count = {}, {}, set(), [], [], [0]

    def visit(v):
        work = [(v, iter(edges[v]))]
        index[v] = low[v] = count[0]
        count[0] += 1
        stack.append(v)
        on.add(v)
        while work:
            node, it = work[-1]
            for w in it:
                if w not in index:
                    index[w] = low[w] = count[0]
                    count[0] += 1
                    stack.append(w)
                    on.add(w)
                    work.append((w, iter(edges[w])))
                    break
                if w in on:
                    low[node] = min(low[node], index[w])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = []
                    while True:
                        w = stack.pop()
                        on.discard(w)
                        group.append(w)
                        if w == node:
                            break
                    if len(group) > 1:
                        out.append(sorted(group))

    for f in files:
        if f.path not in index:
            visit(f.path)
    return out, edges


# ---------------------------------------------------------------- main
def main():
    root = sys.argv[1]
    option = lambda name, default: sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default
    top = int(option("--top", "15"))
    brief = "--brief" in sys.argv
    all_sources = [File(root, p) for p in rust_files(root, *option("--src", "src").split(","))]
    # A module of tests in a file of its own is no source.
    is_test = lambda f: re.search(r"(^|/)tests?(/|\.rs$)|_tests?\.rs$|test_helpers?\.rs$", f.path) is not None
    sources = [f for f in all_sources if not is_test(f)]
    tests = [f for f in all_sources if is_test(f)] + [File(root, p) for p in rust_files(root, *option("--tests", "tests").split(","))]
    print(f"== source files: {len(sources)}, {sum(f.lines() for f in sources)} lines")
    own = []
    for f in sources:
        inline = sum(f.line(b) - f.line(a) + 1 for a, b in f.tests)
        own.append((f.lines() - inline, f.lines(), f.path))
    sizes = [o[0] for o in own]
    print(f"lines a file without inline tests: median {rank(sizes, .5)} p90 {rank(sizes, .9)} max {max(sizes)}")
    print(f"over 400 lines (without inline tests): {sum(o[0] > 400 for o in own)}")
    for o in sorted(own, reverse=True):
        if o[0] > 400 and not brief:
            print(f"  {o[0]:5} {o[1]:5} {o[2]}")

    functions = [(size, f.path, line, name, params, a, b, f) for f in sources for name, line, size, params, a, b in f.functions()]
    lengths = [x[0] for x in functions]
    print(f"\n== functions: {len(functions)}; lines median {rank(lengths, .5)} p90 {rank(lengths, .9)} p99 {rank(lengths, .99)} max {max(lengths)}")
    print(f"over 40: {sum(x > 40 for x in lengths)}; over 60: {sum(x > 60 for x in lengths)}; over 80: {sum(x > 80 for x in lengths)}")
    for x in sorted(functions, key=lambda x: -x[0])[: 3 if brief else top * 2]:
        print(f"  {x[0]:4} {x[1]}:{x[2]} {x[3]}")
    print("by folder: folder, functions, median, p90, max (name)")
    by = defaultdict(list)
    for x in functions:
        parts = x[1].split("/")
        by["/".join(parts[1:3]) if parts[1] == "shell" and len(parts) > 3 else parts[1]].append(x)
    for folder, group in sorted(by.items() if not brief else []):
        sizes = [x[0] for x in group]
        worst = max(group, key=lambda x: x[0])
        print(f"  {folder:18} {len(group):5} {rank(sizes, .5):4} {rank(sizes, .9):4} {worst[0]:4} {worst[3]}")

    print("\n== parameters (self not counted)")
    counts = Counter(min(x[4], 8) for x in functions)
    print("  " + ", ".join(f"{k}: {v}" for k, v in sorted(counts.items())))
    for x in sorted(functions, key=lambda x: -x[4])[: 3 if brief else top]:
        print(f"  {x[4]} {x[1]}:{x[2]} {x[3]}")

    print("\n== calls outside tests")
    for name, pattern in {
        ".clone()": r"\.clone\(\)",
        "Arc::clone": r"Arc::clone\(",
        ".unwrap()": r"\.unwrap\(\)",
        ".expect(": r"\.expect\(",
        "panic!/unreachable!/todo!": r"\b(panic|unreachable|todo|unimplemented)!",
        "assert!": r"\b(debug_)?assert(_eq|_ne)?!",
        "unsafe": r"\bunsafe\b",
        "#[allow": r"#!?\[allow\(",
        "#[expect": r"#!?\[expect\(",
        "dyn ": r"\bdyn\s",
        "Box<dyn Error": r"Box<dyn (std::error::)?Error",
        "println!/eprintln!": r"\be?println!",
        "as-casts to integers": r"\bas (u8|u16|u32|u64|usize|i8|i16|i32|i64|isize)\b",
        "Mutex/RwLock": r"\b(Mutex|RwLock)\b",
    }.items():
        hits = [(f.path, f.line(m.start())) for f in sources for m in re.finditer(pattern, f.masked) if not inside(f.tests, m.start())]
        folders = Counter("/".join(h[0].split("/")[1:2]) for h in hits)
        print(f"  {name:28} {len(hits):5}  " + ", ".join(f"{k} {v}" for k, v in folders.most_common(6)))

    print("\n== pub items without docs")
    bare = []
    for f in sources:
        lines = f.text.split("\n")
        for m in re.finditer(r"^[ \t]*pub(?:\([^)]*\))?\s+(?:const\s+|async\s+|unsafe\s+)*(fn|struct|enum|trait|type|const|static|mod)\s+(\w+)", f.masked, re.M):
            if inside(f.tests, m.start()):
                continue
            k = f.line(m.start() + len(m.group(0)) - len(m.group(0).lstrip())) - 2
            while k >= 0 and (lines[k].strip().startswith(("#[", ")]", "//")) and not lines[k].strip().startswith("///")):
                k -= 1
            if k < 0 or not lines[k].strip().startswith(("///", "#[doc")):
                if m.group(1) != "mod":
                    bare.append((f.path, k + 2, m.group(1), m.group(2)))
    print(f"  {len(bare)}; " + "; ".join(f"{b[0]}:{b[1]} {b[3]}" for b in bare[:top]))
    no_head = [f.path for f in sources if not f.text.lstrip().startswith("//!")]
    print(f"  files without //!: {len(no_head)} {no_head[:10]}")

    print("\n== comments")
    plain = docs = code = 0
    repeats, dead = [], []
    for f in sources:
        p, d, r, c = comment_figures(f)
        plain += p
        docs += d
        repeats += r
        dead += c
        code += sum(1 for line in f.masked.split("\n") if line.strip())
    print(f"  code lines {code}, doc lines {docs}, plain comment lines {plain}; comments+docs per code line {(docs + plain) / code:.2f}")
    print(f"  that repeat the next line (rough): {len(repeats)}")
    for r in repeats[: 0 if brief else top]:
        print(f"    {r[0]}:{r[1]} {r[2][:120]}")
    print(f"  that look like commented-out code (rough): {len(dead)}")
    for r in dead[: 0 if brief else top]:
        print(f"    {r[0]}:{r[1]} {r[2][:120]}")
    wide = Counter()
    for f in sources:
        for line in f.text.split("\n"):
            wide["over 100"] += len(line) > 100
            wide["over 120"] += len(line) > 120
            wide["over 140"] += len(line) > 140
    print(f"  line widths: {dict(wide)}")

    print("\n== tests")
    inline = sum(f.line(b) - f.line(a) + 1 for f in sources for a, b in f.tests)
    test_lines = sum(f.lines() for f in tests)
    src_lines = sum(f.lines() for f in sources) - inline
    cases = sum(len(re.findall(r"#\[(?:tokio::)?test\b", f.masked)) for f in sources + tests)
    print(f"  src without tests {src_lines}, inline tests {inline}, tests/ {test_lines}; test/source {(inline + test_lines) / src_lines:.2f}; #[test] {cases}")
    print(f"  ignored {sum(len(re.findall(r'#.ignore', f.masked)) for f in sources + tests)}, should_panic {sum(len(re.findall(r'should_panic', f.masked)) for f in sources + tests)}")
    waits = []
    for f in sources + tests:
        for m in re.finditer(r"\bsleep(?:_until)?\s*\(|sleep\(|\btimeout\(Duration|recv_timeout\(|wait_timeout\(|\bpark_timeout\(", f.masked):
            if f in tests or inside(f.tests, m.start()):
                waits.append((f, m.start()))
    lines = defaultdict(list)
    for f, at in waits:
        line = f.line(at)
        lines[f.path].append((line, f.text.split("\n")[line - 1].strip()))
    print(f"  lines that wait for real time in tests: {sum(len(v) for v in lines.values())} in {len(lines)} files")
    for path, v in sorted(lines.items(), key=lambda x: -len(x[1])):
        for line, text in v if not brief else []:
            print(f"    {path}:{line} {text[:130]}")
    counted = []
    for f in tests + sources:
        for m in re.finditer(r"for\s+\w+\s+in\s+0\.\.=?\s*[\w_]+\s*\{", f.masked):
            if f in tests or inside(f.tests, m.start()):
                body = f.masked[m.start() : close_of(f.masked, m.end() - 1)]
                if re.search(r"sleep|yield_now|wait", body):
                    counted.append(f"{f.path}:{f.line(m.start())}")
    print(f"  loops with a fixed count that wait: {len(counted)} {counted[:12]}")

    print("\n== import circles (of `use` and of paths that begin with crate, super, self)")
    groups, edges = circles(sources)
    for g in groups:
        print("  " + ", ".join(g))
    print(f"  {len(groups)} circles; {sum(len(v) for v in edges.values())} arrows")
    fan_out = sorted(((len(v), k) for k, v in edges.items()), reverse=True)[:8]
    print("  imports most: " + ", ".join(f"{k} {n}" for n, k in fan_out))
    into = Counter(t for v in edges.values() for t in v)
    print("  imported most: " + ", ".join(f"{k} {n}" for k, n in into.most_common(10)))
    goals(root, sources, tests, sizes=[o[0] for o in own], lengths=lengths, circles=len(groups), wide=wide)


def goals(root, sources, tests, sizes, lengths, circles, wide):
    """The figures that the project keeps low, one line each: figure, goal."""
    by_key = sum(len(re.findall(r"[\w)\]]\[\"", f.masked)) for f in sources)
    names = [name for f in sources + tests for name in re.findall(r"#\[(?:tokio::)?test[^\n]*\n(?:\s*#\[[^\n]*\n)*\s*(?:async )?fn (\w+)", f.masked)]
    words = [len(name.split("_")) for name in names]
    folder = os.path.join(root, "tests")
    entries = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    is_binary = lambda e: e.endswith(".rs") or os.path.exists(os.path.join(folder, e, "main.rs"))
    main_rs = os.path.join(root, "src", "main.rs")
    main_lines = len(open(main_rs).read().splitlines()) if os.path.exists(main_rs) else 0
    print("\n== goals")
    for name, figure, goal in [
        ("files over 400 lines", sum(size > 400 for size in sizes), "0"),
        ("functions over 80 lines", sum(length > 80 for length in lengths), "0"),
        ("import circles", circles, "1"),
        ("lines of main.rs", main_lines, "<= 60"),
        ("values read by a string key", by_key, "<= 10"),
        ("lines over 100 columns", wide["over 100"], "<= 50"),
        ("test binaries", sum(map(is_binary, entries)), "<= 7"),
        ("words in a test name, most", max(words, default=0), "<= 9"),
        ("tests with more than nine words", sum(word > 9 for word in words), "0"),
    ]:
        print(f"  {name:34} {figure:5}  goal {goal}")


main()
