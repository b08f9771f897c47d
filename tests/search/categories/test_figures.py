"""What docs/figures.md says of categories is what there is."""

import re
from pathlib import Path

from bench.categories import HERE, judge, read
from search.categories.labels import Category
from search.categories.machine import guesses

FIGURES = Path(__file__).parents[3] / "docs" / "figures.md"


def test_the_table_of_categories_is_what_the_judging_part_gives():
    scores = judge(
        read(HERE / "judged.tsv"), lambda row: {each.category.value for each in guesses(row.text, before=row.before, side=row.side)}
    )
    told = {
        name: row
        for name, *row in re.findall(r"^\| (\w+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", FIGURES.read_text(), re.MULTILINE)
    }
    for name in (each.value for each in Category):
        score = scores[name]
        assert told[name] == [str(score.right + score.missed), f"{score.precision:.2f}", f"{score.recall:.2f}", f"{score.f1:.2f}"], name


def test_nothing_that_is_judged_was_learned_from():
    learned = {row.text for path in HERE.glob("learned-*.tsv") for row in read(path)}
    assert len(learned) > 3000
    assert not learned & {row.text for row in read(HERE / "judged.tsv")}
