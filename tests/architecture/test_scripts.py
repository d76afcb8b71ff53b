"""Scripts of the pages stay files that make neither markup nor code of what they are given."""

import ast
import re
from pathlib import Path

import pytest

FORBIDDEN = {
    "makes markup of text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc",
    "makes code of text": r"\beval\(|new Function\(|set(?:Timeout|Interval)\(\s*[\"'`]|javascript:",
    "listens to other windows": r"postMessage|onmessage",
    "stores in the browser": r"localStorage|sessionStorage|indexedDB|document\.cookie|\bcaches\.",
    "reaches into prototypes": r"__proto__|\.prototype\b|Object\.assign\(|setPrototypeOf",
    "asks somebody else": r"[\"'`](?:https?:)?//(?!www\.w3\.org/)",  # but for the name of SVG
}
ITS_OWN = {Path("service/web/templates/exports/slider.html")}
"""Is no page of ours but a file for download, which may ask nobody for its script."""


@pytest.fixture(scope="session")
def scripts(text_files):
    return {path: text for path, text in text_files.items() if path.suffix in {".js", ".mjs"}}


@pytest.fixture(scope="session")
def templates(text_files):
    return {path: text for path, text in text_files.items() if path.suffix in {".html", ".jinja", ".j2"}}


def test_no_script_makes_html_or_code_of_text(scripts):
    assert scripts
    found = {
        f"{path}: {what}": match.group()
        for path, text in scripts.items()
        for what, pattern in FORBIDDEN.items()
        if (match := re.search(pattern, text))
    }
    assert found == {}


def test_no_page_carries_a_script_of_its_own(templates):
    assert templates
    for path, text in templates.items():
        scripts = re.findall(r"<script\b[^>]*>", text)
        if path in ITS_OWN:
            continue
        assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts), path  # data are not run
        assert not re.search(r"\son[a-z]+\s*=", text), path


def test_every_template_escapes(templates, package_trees):
    assert not [path for path, text in templates.items() if re.search(r"\|\s*safe\b|autoescape\s+false", text)]
    assert not [path for path, tree in package_trees.items() if "autoescape=False" in ast.unparse(tree)]
