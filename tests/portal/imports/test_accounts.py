"""Accounts and contacts from other systems: made, found again, changed in what differs, refused with a reason, taken back."""

import contextlib
import csv
import io
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import actions, queries
from portal.accounts.models import Account, AccountDomain, AccountFact, AccountName, Assignment, Contact
from portal.imports.registry import Plan
from portal.kernel.actor import the_system
from portal.kernel.checks import CHECKS
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.outbox import OutboxRow
from portal.notices.models import Notice
from tests.cast import World
from tests.importing import Bring, counts, reasons, undo

MAVEN = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,United States,
Betasoloin,medical,1999,251.41,495.0,Philipines,Acme Corporation
"""
SALESFORCE = """\ufeffId,IsDeleted,Name,BillingCountry,Website,Industry,NumberOfEmployees,OwnerId,External_id__c
001A,,"Walker, Henson",United States,www.walker.example,Finance,577,005X,crm_0
001B,,Patterson-Hansen,,,Health,,005X,crm_1
"""
LEADS = """\ufeffId,LastName,FirstName,Name,Company,Phone,Email
00Q1,Lee,William,William Lee,001A,8683896283,William.Lee@walker.example
00Q2,Weber,Anna,,Patterson Hansen,8.683896283E9,
"""


def account(db: Session, name: str) -> Account:
    db.rollback()
    return db.scalars(select(Account).where(Account.name == name, Account.removed_at.is_(None))).one()


def holds(house, db) -> None:  # type: ignore[no-untyped-def]
    db.rollback()
    assert [line for name in ("chains", "words", "accounts", "references") for line in CHECKS[name](house, db)] == []


def test_a_table_of_another_system_goes_in_whole(house, db: Session, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    assert counts(bring("accounts", MAVEN)) == (2, 0, 0, 0)
    made = account(db, "Betasoloin")
    assert (made.industry, made.size, made.region) == ("medical", "495", "Philipines")
    assert made.about == "year established: 1999; revenue: 251.41; subsidiary of: Acme Corporation"
    event = db.scalars(select(Event).where(Event.account_pk == made.pk)).one()
    assert (event.kind, event.facts) == ("account.opened", {"name": "Betasoloin"})
    holds(house, db)


def test_a_second_run_changes_nothing(db: Session, bring: Bring) -> None:
    bring("accounts", SALESFORCE)
    bring("contacts", LEADS)
    before = db.scalar(select(func.count(Event.pk)).where(Event.account_pk.is_not(None)))
    assert counts(bring("accounts", SALESFORCE)) == (0, 0, 2, 0)
    assert counts(bring("contacts", LEADS)) == (0, 0, 2, 0)
    db.rollback()
    assert db.scalar(select(func.count(Event.pk)).where(Event.account_pk.is_not(None))) == before


def test_contacts_find_their_account_by_id_name_and_domain(db: Session, bring: Bring) -> None:
    bring("accounts", SALESFORCE)
    assert counts(bring("contacts", LEADS)) == (2, 0, 0, 0)
    lee, weber = db.scalars(select(Contact).where(Contact.name.in_(["William Lee", "Anna Weber"])).order_by(Contact.name.desc()))
    assert (lee.account.name, lee.email) == ("Walker, Henson", "william.lee@walker.example")
    assert (weber.account.name, weber.email, weber.phone) == ("Patterson-Hansen", None, "8683896283")
    run = bring("contacts", "name,email\nPetra Two,petra2@calder.example\nNobody,x@nowhere.example\nNora,n@gmail.com\n")
    assert counts(run) == (1, 0, 0, 2)


def test_a_changed_row_changes_only_what_differs_and_what_was_stays_known(house, db: Session, world: World, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    bring("accounts", SALESFORCE)
    moment = now()
    run = bring("accounts", SALESFORCE.replace("Finance", "Banking").replace("Walker, Henson", "Walker & Co"))
    assert counts(run) == (0, 1, 1, 0)
    changed = account(db, "Walker & Co")  # found by its id there, so this is another name of the same
    assert changed.size == "577"
    kinds = [
        event.facts["field"] for event in db.scalars(select(Event).where(Event.account_pk == changed.pk, Event.kind == "field.changed"))
    ]
    assert sorted(kinds) == ["industry", "name"]
    with acting("system") as system:
        assert queries.standing(system, system.session.get_one(Account, changed.pk), moment).fields["industry"] == "Finance"
    holds(house, db)


def test_other_names_find_the_account(db: Session, world: World, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    with acting("rhea") as rhea:
        actions.name_also(rhea, rhea.session.get_one(Account, world.pks["calder"]), aliases=["CW Utilities"])
    rows = "name,industry\ncalderwater,Water utility\nCW  utilities,Water utility\nCalder-Water,Water\n"
    assert counts(bring("accounts", rows)) == (0, 1, 2, 0)
    assert db.scalar(select(func.count(Account.pk)).where(Account.name.ilike("c%"))) == 1


def test_a_variant_found_by_domain_becomes_another_name(db: Session, bring: Bring) -> None:
    run = bring("accounts", "name,domain\nCalder Water Works Ltd,calder.example\n")
    assert counts(run) == (0, 1, 0, 0)
    assert [other.name for other in account(db, "Calder Water").aliases] == ["Calder Water Works Ltd"]
    assert counts(bring("accounts", "name,domain\nCalder Water Works Ltd,calder.example\n")) == (0, 0, 1, 0)


def test_bad_rows_are_refused_with_the_reason_and_good_ones_go_in(house, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    run = bring(
        "accounts",
        "name,website,domain,owner\n"
        "Good One,good.example,good.example,rhea@tidewell.example\n"
        ",,,\n"
        ",a.example,,\n"
        "Bad Site,ht tp:/x,,\n"
        "Bad Domain,,no domain,\n"
        "Whose,,,Somebody Else\n"
        "Calder Water,,otway.example,\n"
        "Good One,,,\n"
        "Too,many,,,cells\n"
        f"{'x' * 121},,,\n",
    )
    assert counts(run) == (1, 0, 1, 7)
    told = reasons(house, run)
    assert [each.split(":")[0] for each in told[:3]] == ["name", "website", "domains"]
    assert told[3:6] == [
        "Nobody of our staff is called “Somebody Else”.",
        "The name is one account's, and the domain another's.",
        "There are more cells than headings.",
    ]


def test_owners_by_address_or_name_and_the_choice_for_unknown_ones(db: Session, world: World, bring: Bring) -> None:
    told = "name,Account Owner\nOne,NORA@tidewell.example\nTwo,nora newrep\nThree,Unknown Rep\n"
    assert counts(bring("accounts", told)) == (2, 0, 0, 1)
    assert counts(bring("accounts", told, unknown_owner="importer")) == (1, 0, 2, 0)
    owner = dict(db.execute(select(Account.name, Assignment.person_pk).join(Assignment, Assignment.account_pk == Account.pk)).all())
    assert [owner[name] for name in ("One", "Two", "Three")] == [world.pks["nora"], world.pks["nora"], world.pks["ada"]]


def test_a_trial_writes_nothing_and_says_what_would_come(db: Session, bring: Bring) -> None:
    before = {model: db.scalar(select(func.count()).select_from(model)) for model in (Account, AccountName, AccountFact, Event)}
    rows = "name\n" + "".join(f"Company {n % 300}\n" for n in range(450))  # more than one batch, some twice
    assert counts(bring("accounts", rows, dry=True)) == (300, 0, 150, 0)
    db.rollback()
    assert before == {model: db.scalar(select(func.count()).select_from(model)) for model in before}
    assert counts(bring("accounts", rows)) == (300, 0, 150, 0)


def test_nobody_is_told_of_an_import(db: Session, bring: Bring) -> None:
    bring("accounts", MAVEN, by="rhea")
    assert db.scalar(select(func.count()).select_from(Notice)) == 0
    made = account(db, "Betasoloin")
    topics = set(db.scalars(select(OutboxRow.topic).where(OutboxRow.key == f"account:{made.id}")))
    assert topics == {"index"}


def test_what_a_run_made_is_taken_back_and_what_was_touched_since_stays(house, db: Session, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    first = bring("accounts", "name,domain,industry\nKept,kept.example,A\nGone,gone.example,A\n", by="rhea")
    bring("accounts", "name,industry\nCalder Water,Water utility\n")
    second = bring("accounts", "name,industry,tags\nCalder Water,Gas,gas\n")
    kept = account(db, "Kept")
    with acting("rhea") as rhea:
        actions.change_account(rhea, rhea.session.get_one(Account, kept.pk), industry="B")
    done = undo(house, first)
    assert [each[2] for each in done.left] == ["Something has happened on the account Kept since."]
    db.rollback()
    assert db.scalar(select(Account.removed_at).where(Account.name == "Gone")) is not None
    assert db.scalar(select(AccountDomain.pk).where(AccountDomain.name == "gone.example")) is None
    assert undo(house, second).left == []
    calder = account(db, "Calder Water")
    assert (calder.industry, calder.tags) == ("Water utility", [])
    assert counts(bring("accounts", "name,domain,industry\nKept,kept.example,B\nGone,gone.example,A\n")) == (1, 0, 1, 0)
    holds(house, db)


def test_a_field_changed_again_is_not_put_back(house, db: Session, world: World, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    run = bring("accounts", "name,industry,region\nCalder Water,Gas,North\n")
    with acting("rhea") as rhea:
        actions.change_account(rhea, rhea.session.get_one(Account, world.pks["calder"]), industry="Heat")
    assert [each[2] for each in undo(house, run).left] == ["Calder Water: changed again since: industry."]
    calder = account(db, "Calder Water")
    assert (calder.industry, calder.region) == ("Heat", "")


def test_contacts_are_taken_back_but_not_who_signs_in(house, db: Session, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    run = bring("contacts", "name,email\nPetra P,petra@calder.example\nNew One,new@calder.example\n")
    assert counts(run) == (2, 0, 0, 0)
    assert [each[2] for each in undo(house, run).left] == ["Petra P signs in here by now."]
    assert db.scalar(select(Contact.removed_at).where(Contact.email == "new@calder.example")) is not None
    assert counts(bring("contacts", "name,email\nNew One,new@calder.example\n")) == (1, 0, 0, 0)


def test_a_map_says_which_column_is_what(db: Session, bring: Bring) -> None:
    plan = Plan({"name": ["Firma"], "region": ["Land", "Ort"]}, {}, {"lead_source": "Fair"})
    run = bring("accounts", "Firma;Ort;Land\nEins;Köln;\nZwei;Ulm;DE\n".encode("cp1252"), plan=plan)
    assert counts(run) == (2, 0, 0, 0)
    assert (account(db, "Eins").region, account(db, "Zwei").region, account(db, "Eins").lead_source) == ("Köln", "DE", "Fair")


def test_hostile_words_are_values_and_nothing_else(house, db: Session, bring: Bring) -> None:  # type: ignore[no-untyped-def]
    words = ['=HYPERLINK("http://x")', "<script>alert(1)</script>", "'; DROP TABLE account; --", "\u202eevil", "{{7*7}}", "%s%n"]
    words += ["\0nul", "𝕳", "null", "@SUM(A1)", "-1"]
    out = io.StringIO()
    csv.writer(out).writerows([("name", "industry"), *((f"{word} {n}", word) for n, word in enumerate(words))])
    rows = out.getvalue()
    assert counts(bring("accounts", rows)) == (len(words), 0, 0, 0)
    assert account(db, "<script>alert(1)</script> 1").industry == "<script>alert(1)</script>"
    assert account(db, '=HYPERLINK("http://x") 0')
    holds(house, db)


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(
    house, db: Session, world: World, bring: Bring, tmp_path: Path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    from portal.imports import running
    from portal.imports.registry import Source

    batch, done = running._batch, []

    def dies(*told):  # type: ignore[no-untyped-def]
        if done:
            raise KeyboardInterrupt
        done.append(batch(*told))

    rows = "name\n" + "".join(f"Company {n}\n" for n in range(450))
    monkeypatch.setattr(running, "_batch", dies)
    with contextlib.suppress(KeyboardInterrupt):
        bring("accounts", rows)
    monkeypatch.undo()
    path = tmp_path / "accounts.in"
    from portal.imports.models import ImportRun

    run = db.scalars(select(ImportRun)).one()
    assert (run.position, run.state) == (200, "running")
    running.carry_out(house, run.pk, Source(path.name, lambda: path.open("rb"), path))
    db.rollback()
    assert counts(db.scalars(select(ImportRun)).one()) == (450, 0, 0, 0)


def test_who_was_merged_is_found_by_their_address_and_their_id_there(house, db: Session, bring: Bring, acting) -> None:  # type: ignore[no-untyped-def]
    head, at = "Id,Name,Company,Email,Title\n", "Acme Corporation"
    twins = f"{head}C1,Anna Weber,{at},anna@acme.example,Buyer\nC2,A. Weber,{at},aw@acme.example,Head\n"
    bring("accounts", MAVEN)
    bring("contacts", twins)
    stays, other = (db.scalars(select(Contact).where(Contact.name == name)).one() for name in ("Anna Weber", "A. Weber"))
    with house.db.writing() as session:
        actions.merge_contacts(the_system(session), session.get_one(Contact, stays.pk), other=session.get_one(Contact, other.pk))
    assert counts(bring("contacts", twins)) == (0, 0, 2, 0), "not one of them again, and not one's values in place of the other's"
    by_address = twins.replace("C2", "")
    assert counts(bring("contacts", by_address)) == (0, 0, 2, 0)
    db.rollback()
    assert (db.get_one(Contact, stays.pk).title, db.get_one(Contact, stays.pk).email) == ("Buyer", "anna@acme.example")
    holds(house, db)
