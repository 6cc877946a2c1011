"""exercises/ is what solutions/ gives: answers blanked and folded, always the same; malformed markers refused."""

from __future__ import annotations

import nbformat
import pytest

from likely.cli import Problem, exercises

SOLUTIONS = sorted(exercises.SOURCE.glob("*.ipynb"))
ANSWER = "def double(x):\n    '''Twice x.'''\n    # ANSWER\n    y = x + x\n\n    return y\n    # END ANSWER"


def notebook(*sources: str):
    made = nbformat.v4.new_notebook()
    for i, source in enumerate(sources):
        new = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
        made.cells.append(new(source, id=f"c{i}"))
    return made


def blanked(*sources: str):
    text = exercises.blank(nbformat.writes(notebook(*sources)), "some.ipynb")
    return nbformat.reads(text, as_version=4)


def test_the_exercises_are_in_step_with_the_solutions():
    assert SOLUTIONS
    assert exercises.stale() == []


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_no_answer_is_left_open(path):
    made = nbformat.read(exercises.TARGET / path.name, as_version=4)
    nbformat.validate(made)
    assert len({cell.id for cell in made.cells}) == len(made.cells)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    folded = [cell.source for cell in made.cells if cell.source.startswith("<details>")]
    assert sum(exercises.DOTS in source for source in code) == len(folded) >= 5
    for source in code:
        assert "ANSWER" not in source
        compile(source, path.name, "exec")
    for cell in folded:
        answer = cell.split("```python\n")[1].split("\n```")[0]
        assert answer not in "\n".join(code)


def test_an_answer_becomes_dots_and_is_folded_after_its_check():
    made = blanked("# Title", ANSWER, "# between", "check.double(double)", "double(2)")
    assert [cell.cell_type for cell in made.cells] == ["markdown", "code", "markdown", "code", "markdown", "code"]
    assert made.cells[1].source == "def double(x):\n    '''Twice x.'''\n    ...  # your answer here"
    assert made.cells[4].source == (
        "<details>\n<summary>Solution</summary>\n\n```python\ny = x + x\n\nreturn y\n```\n\n</details>"
    )
    assert made.cells[4].id == "c1-solution"
    assert made.cells[5].source == "double(2)"


def test_outputs_do_not_come_along():
    made = notebook(ANSWER, "check.double(double)")
    made.cells[0].outputs = [nbformat.v4.new_output("stream", text="out")]
    made.cells[0].execution_count = 3
    cell = nbformat.reads(exercises.blank(nbformat.writes(made), "some.ipynb"), as_version=4).cells[0]
    assert cell.outputs == []
    assert cell.execution_count is None


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ([ANSWER], "no check after it"),
        ([ANSWER, "check = 3"], "no check after it"),
        ([ANSWER, ANSWER, "check.double(double)"], "no check before the next"),
        ([ANSWER.replace("# END ANSWER", ""), "check.double(double)"], "one line `# END ANSWER`"),
        ([ANSWER.replace("# ANSWER", ""), "check.double(double)"], "one line `# ANSWER`"),
        ([ANSWER + "\n" + ANSWER, "check.double(double)"], "an answer stands between"),
        (["x = 1\n# ANSWER\n# END ANSWER", "check.double(double)"], "an answer stands between"),
    ],
)
def test_malformed_answers_are_refused(sources, says):
    with pytest.raises(Problem, match=says):
        blanked(*sources)


def test_check_fails_for_what_is_not_in_step_and_writing_puts_it_right(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exercises, "ROOT", tmp_path)
    monkeypatch.setattr(exercises, "SOURCE", tmp_path / "solutions")
    monkeypatch.setattr(exercises, "TARGET", tmp_path / "exercises")
    (tmp_path / "solutions").mkdir()
    source = tmp_path / "solutions" / "01_one.ipynb"
    nbformat.write(notebook(ANSWER, "check.double(double)"), source)
    with pytest.raises(Problem, match=r"exercises/01_one.ipynb is not in step"):
        exercises.main(["--check"])
    assert not (tmp_path / "exercises").exists()
    exercises.main([])
    assert "Written: exercises/01_one.ipynb" in capsys.readouterr().out
    exercises.main(["--check"])
    exercises.main([])
    assert "Written" not in capsys.readouterr().out  # the same text again, so nothing to write
    source.write_text(source.read_text().replace("x + x", "2 * x"))
    with pytest.raises(Problem, match="not in step"):
        exercises.main(["--check"])
    source.rename(tmp_path / "solutions" / "02_two.ipynb")
    with pytest.raises(Problem, match=r"exercises/01_one.ipynb has no solutions"):
        exercises.main([])
