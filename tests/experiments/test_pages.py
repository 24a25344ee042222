"""Templates: escaped, complete, and shipped."""

from __future__ import annotations

from importlib.resources import files

import pytest
from anolyte.experiments.pages import page
from jinja2 import UndefinedError

LIST = {
    "said": ["<script>alert(1)</script>"],
    "columns": {"electrolyte": "a & b", "bar": "CE / %"},
    "rows": [{"electrolyte": "1 M {<b>} in DME", "bar": {"text": "'99'", "low": 1, "middle": 2,
                                                         "high": 3}}],
    "more": 0,
    "width": 160,
    "ticks": [0, 80],
    "drawings": [("<i>", "<svg></svg>")],
}  # fmt: skip


def test_what_is_put_in_is_escaped() -> None:
    html = page("ranked_list", **LIST)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "1 M {&lt;b&gt;} in DME" in html
    assert "<th>a &amp; b</th>" in html
    assert 'aria-label="&#39;99&#39;"' in html
    # A drawing alone is HTML already.
    assert "<figure><svg></svg><figcaption>&lt;i&gt;</figcaption></figure>" in html
    assert "more rows" not in html


@pytest.mark.parametrize("missing", LIST)
def test_a_value_that_is_not_given_is_an_error(missing: str) -> None:
    given = {name: value for name, value in LIST.items() if name != missing}
    with pytest.raises(UndefinedError, match=missing):
        page("ranked_list", **given)


def test_templates_load_nothing() -> None:
    folder = files("anolyte.experiments") / "templates"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir()]
    assert len(texts) == 3
    assert not any("http://" in text or "https://" in text or "<script" in text for text in texts)
