"""Imports in the administration: a file comes up, its columns are matched, it is tried, brought in, and taken back."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from portal.imports import actions, mapping, queries, rejects, running
from portal.imports.models import DONE, FAILED, ImportRun
from portal.imports.policy import May
from portal.imports.registry import IMPORTERS, Importer, Plan
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.schemas import clean
from portal.kernel.storage import Stored
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import house

pages = Blueprint("imports", __name__)
Received = tuple[str, Stored]


def receive(house: House, asked: Any) -> Received | None:
    """The one file of the form, in storage."""
    coming = asked.files.get("file")
    if coming is None or not coming.filename or not hasattr(coming.stream, "settle"):
        return None
    return clean(coming.filename).replace("\n", " ")[-200:], coming.stream.settle()


@pages.get("/admin/imports")
@guarded(May.IMPORT)
def list_imports(actor: Actor) -> str:
    return _list(actor)


@pages.post("/admin/imports")
@guarded(May.IMPORT, before=receive, limits=("60/hour",))
def begin(actor: Actor, received: Received | None) -> Any:
    importer = IMPORTERS.get(request.form.get("kind", ""))
    wrong = [] if importer else [("kind", _("Choose what is in the file."))]
    wrong += [] if received and received[1].size else [("file", _("Choose a file that is not empty."))]
    if wrong or importer is None or received is None:
        return _list(actor, Invalid(*wrong)), 422
    name, stored = received
    run = actions.begin_import(actor, kind=importer.kind, name=name, sha256=stored.sha256, size=stored.size)
    return back_to(f"/admin/imports/{run.id}")


@pages.get("/admin/imports/<ref:run>")
@guarded(run=May.READ_IMPORT)
def show(actor: Actor, run: ImportRun) -> str:
    return _page(actor, run)


@pages.post("/admin/imports/<ref:run>/start")
@guarded(run=May.RUN_IMPORT)
def start(actor: Actor, run: ImportRun) -> Any:
    """Try it, or do it, by the columns and choices of the form."""
    importer = IMPORTERS[run.kind]
    try:
        if not run.sha256:
            raise Invalid(("", _("The file of this import is no longer here. Bring it again.")))
        plan = _told(importer, run)
        importer.check(actor.session, plan)
        actions.plan_import(actor, run, plan=plan, dry=request.form.get("do") != "import")
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, run, wrong), 422
    actions.start_import(actor, run)
    return back_to(f"/admin/imports/{run.id}")


@pages.post("/admin/imports/<ref:run>/undo")
@guarded(run=May.RUN_IMPORT)
def undo(actor: Actor, run: ImportRun) -> Any:
    try:
        actions.undo_import(actor, run)
    except Invalid as wrong:
        return _page(actor, run, wrong), 422
    return back_to(f"/admin/imports/{run.id}")


@pages.get("/admin/imports/<ref:run>/rejected.csv")
@guarded(run=May.READ_IMPORT)
def rejected(actor: Actor, run: ImportRun) -> Response:
    importer = IMPORTERS[run.kind]
    headings = _columns(run)[0] if importer.is_table and run.sha256 else [_(field.label) for field in importer.fields]
    written = "".join(rejects.as_csv(actor.session, run, headings))
    return Response(written, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=rejected.csv"})


def _told(importer: Importer, run: ImportRun) -> Plan:
    """The plan that the form tells. Raises Invalid where it leaves out what is needed."""
    known = {field.name for field in importer.fields}
    options = {each.name: _option(each.name, each.default, [value for value, _words in each.choices]) for each in importer.options}
    if not importer.is_table:
        return Plan(options=options)
    headings = _columns(run)[0]
    chosen: dict[str, list[str]] = {name: [] for name in known}
    for number, heading in enumerate(headings):
        if (field := request.form.get(f"column-{number}", "")) in known:
            chosen[field].append(heading)
    return mapping.ready(importer, headings, Plan(chosen, options))


def _option(name: str, default: str, choices: list[str]) -> str:
    told = " ".join(clean(request.form.get(name, "")).split())[:200]
    return told if not choices or told in choices else default


def _columns(run: ImportRun) -> tuple[list[str], dict[str, list[str]]]:
    return mapping.samples(running.source_of(house(), run))


def _list(actor: Actor, wrong: Invalid | None = None) -> str:
    kinds = [(each.kind, f"{_(each.label)}: {_(each.meaning)}") for each in IMPORTERS.values()]
    told = request.form.get("kind", "")
    return render_template("imports/index.html", runs=queries.runs(actor), kinds=kinds, told=told, errors=errors_of(wrong))


def _page(actor: Actor, run: ImportRun, wrong: Invalid | None = None) -> str:
    importer = IMPORTERS[run.kind]
    matching = actions.may_start(run) and bool(run.sha256)
    headings, samples, columns = _matched(importer, run) if matching else ([], {}, {})
    return render_template(
        "imports/run.html",
        run=run,
        importer=importer,
        matching=matching,
        headings=headings,
        samples=samples,
        columns=columns,
        options={each.name: request.form.get(each.name) or (run.options or {}).get(each.name, each.default) for each in importer.options},
        rejects=queries.first_rejects(actor, run),
        reasons=queries.reasons(actor, run),
        to_take_back=queries.to_take_back(actor, run) if run.state in (DONE, FAILED) else 0,
        errors=errors_of(wrong),
    )


def _matched(importer: Importer, run: ImportRun) -> tuple[list[str], dict[str, list[str]], dict[str, str]]:
    """The headings, samples of each, and heading -> field as it was told or is recognised."""
    if not importer.is_table:
        return [], {}, {}
    try:
        headings, samples = _columns(run)
    except Invalid:
        return [], {}, {}
    told = (run.columns or {}).get("columns") or mapping.recognised(importer, headings)
    return headings, samples, {heading: field for field, names in told.items() for heading in names}
