"""The guide to writing a gym: its files make a domain, and its session goes as it is printed."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import engine.gyms.domains
from engine.gyms import registry

GUIDE = Path(__file__).resolve().parents[2] / "docs/writing-a-gym.md"
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
FILES = {name: text for _, name, text in BLOCKS if "/" in name}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the guide's files and make the domain known, until the test is over."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(engine.gyms.domains, "__path__", [*engine.gyms.domains.__path__, str(tmp_path)])
    [line] = [text for _, name, text in BLOCKS if name == "registry"]
    for domain, server in ast.literal_eval(f"{{{line}}}").items():
        monkeypatch.setitem(registry._SERVERS, domain, server)
    yield tmp_path / "library"
    for module in [name for name in sys.modules if name.startswith("engine.gyms.domains.library")]:
        del sys.modules[module]


def test_the_session_of_the_guide_goes_as_printed(library: Path) -> None:
    [session] = [text for language, _, text in BLOCKS if language == "pycon"]
    examples = doctest.DocTestParser().get_doctest(session, {}, "writing-a-gym", str(GUIDE), 0)
    assert len(examples.examples) >= 15
    report: list[str] = []
    failed, _ = doctest.DocTestRunner().run(examples, out=report.append)
    assert not failed, "".join(report)


def test_the_files_of_the_guide_are_clean_and_the_domain_is_complete(library: Path) -> None:
    found = registry.domain("library")
    assert registry.domain_for_server("gym-library") is found
    assert registry.default_port("library") == 8010
    assert found.policy == FILES["library/policy.md"]
    assert {tool["name"] for tool in found.tool_list()} == {"list_loans", "borrow_book", "return_book"}
    config = GUIDE.parents[1] / "pyproject.toml"
    command = [sys.executable, "-m", "ruff", "check", "--config", str(config), str(library)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
