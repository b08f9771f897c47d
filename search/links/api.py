"""/posts/{id}/links, /links/{id}, and where accounts, contacts and names are spoken of"""

from flask import Response

from portal.accounts.models import Account, Contact
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.categories.policy import May as Categories
from search.links import actions, queries
from search.links.models import Link
from search.links.policy import May
from search.links.schemas import LinkPatch
from search.links.shapes import LinkJson, LinksJson, link_json
from search.names.models import Name
from search.names.policy import May as Names
from workspaces.forums.models import Post

api = resource("links", "What messages speak of")


@api.get("/posts/<post>/links")
@described("What a message speaks of, for staff; what was cut is among it", gives=LinksJson)
@guarded(post=Categories.SEE_CATEGORIES)
def show_links(actor: Actor, post: Post) -> Response:
    return answer({"links": [link_json(each) for each in queries.of_post(actor, post)]})


@api.patch("/links/<link>")
@described("Cut a link, or tie it again; that stays", takes=LinkPatch, gives=LinksJson)
@guarded(link=May.CUT_LINK)
def change_link(actor: Actor, link: Link) -> Response:
    act = actions.cut_link if body(LinkPatch).cut else actions.keep_link
    act(actor, link)
    actor.session.flush()
    actor.session.expire(link, ["cut_by"])
    return answer({"links": [link_json(each) for each in queries.shown(actor, [link])]})


@api.get("/accounts/<ref:account>/spoken")
@described("Where an account is spoken of elsewhere, newest first", lists=LinkJson)
@guarded(account=Accounts.READ_ACCOUNT)
def list_of_account(actor: Actor, account: Account) -> Response:
    found = queries.about(actor, account=account)
    return listed(actor, found, [Link.pk], lambda rows: [link_json(each) for each in queries.shown(actor, rows)], descending=True)


@api.get("/contacts/<contact>/spoken")
@described("Where a contact is spoken of, newest first", lists=LinkJson)
@guarded(contact=Accounts.READ_CONTACT)
def list_of_contact(actor: Actor, contact: Contact) -> Response:
    found = queries.about(actor, contact=contact)
    return listed(actor, found, [Link.pk], lambda rows: [link_json(each) for each in queries.shown(actor, rows)], descending=True)


@api.get("/names/<word>/spoken")
@described("Where a product is spoken of, newest first", lists=LinkJson)
@guarded(word=Names.READ_NAME)
def list_of_name(actor: Actor, word: Name) -> Response:
    found = queries.about(actor, name=word)
    return listed(actor, found, [Link.pk], lambda rows: [link_json(each) for each in queries.shown(actor, rows)], descending=True)
