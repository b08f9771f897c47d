"""Who may read what, in plain Python: sets and dictionaries, no rules and no SQL. Written from the product's description."""

from dataclasses import dataclass, field

STAFF = frozenset({"ada", "mona", "rhea", "nora", "ravi"})
REPS = ("rhea", "nora", "ravi")
ABOVE = {"rhea": "mona", "nora": "mona"}
COMPANY = {"petra": "calder", "mark": "calder", "rolf": "calder", "nils": "calder", "paul": "calder", "otto": "otway"}
PEOPLE = (*sorted(STAFF), *COMPANY)


@dataclass
class Room:
    accounts: tuple[str, ...]
    community: bool = False
    archived: bool = False
    members: dict[str, str] = field(default_factory=dict)  # person -> role
    groups: dict[int, set[str]] = field(default_factory=dict)


@dataclass
class Place:
    room: int
    audience: str | int = "everyone"  # "staff", or a group's key


@dataclass
class Talk:
    """A topic."""

    place: int
    author: str
    locked: bool = False
    removed: bool = False


@dataclass
class Said:
    """A post."""

    topic: int
    author: str
    team: bool = False
    hidden: bool = False
    removed_by: str = ""


@dataclass
class Model:
    """Everything that decides who may read what. Keys are the primary keys of the rows."""

    teams: dict[str, set[str]] = field(default_factory=lambda: {"calder": {"rhea"}, "otway": {"ravi"}})
    owners: dict[str, str] = field(default_factory=lambda: {"calder": "rhea", "otway": "ravi"})
    gone: set[str] = field(default_factory=set)  # suspended
    rooms: dict[int, Room] = field(default_factory=dict)
    forums: dict[int, Place] = field(default_factory=dict)
    topics: dict[int, Talk] = field(default_factory=dict)
    posts: dict[int, Said] = field(default_factory=dict)

    def looks_after(self, room: Room) -> set[str]:
        """The team of an account's workspace. A community has none: there only its members count."""
        return set() if room.community else self.teams[room.accounts[0]] - self.gone

    def oversees(self, room: Room) -> set[str]:
        """The team, and the managers above it."""
        team = set() if room.community else self.teams[room.accounts[0]]
        return (team | {ABOVE[each] for each in team if each in ABOVE}) - self.gone

    def present(self, room: Room) -> set[str]:
        return (set(room.members) | self.oversees(room)) - self.gone

    def readers(self, place: Place) -> set[str]:
        """Who may read what everybody of a place may read."""
        room = self.rooms[place.room]
        if place.audience == "everyone":
            return self.present(room)
        if place.audience == "staff":
            return self.present(room) & STAFF
        inside = room.groups[int(place.audience)] & set(room.members)
        return (inside | self.oversees(room)) - self.gone

    def knows_room(self, who: str, key: int) -> bool:
        return who in self.present(self.rooms[key])

    def knows_forum(self, who: str, key: int) -> bool:
        return who in self.readers(self.forums[key])

    def knows_topic(self, who: str, key: int) -> bool:
        topic = self.topics[key]
        return not topic.removed and who in self.readers(self.forums[topic.place])

    def knows_post(self, who: str, key: int) -> bool:
        post = self.posts[key]
        return self.knows_topic(who, post.topic) and (not post.team or who in STAFF)

    def reads_words(self, who: str, key: int) -> bool:
        post = self.posts[key]
        shown = not post.hidden or who == post.author or self.moderates(who, self.room_of(post.topic))
        return self.knows_post(who, key) and not post.removed_by and shown

    def room_of(self, topic: int) -> Room:
        return self.rooms[self.forums[self.topics[topic].place].room]

    def runs(self, who: str, room: Room) -> bool:
        return who not in self.gone and (room.members.get(who) == "owner" or who in self.looks_after(room))

    def moderates(self, who: str, room: Room) -> bool:
        return who not in self.gone and (room.members.get(who) in ("owner", "moderator") or who in self.looks_after(room))

    def takes_part(self, who: str, room: Room) -> bool:
        return who not in self.gone and (room.members.get(who, "reader") != "reader" or who in self.looks_after(room))

    def may_post(self, who: str, key: int) -> bool:
        room = self.room_of(key)
        return self.knows_topic(who, key) and self.takes_part(who, room) and not self.topics[key].locked and not room.archived

    def may_note(self, who: str, key: int) -> bool:
        return self.knows_topic(who, key) and who in STAFF and not self.room_of(key).archived

    def may_start(self, who: str, forum: int) -> bool:
        room = self.rooms[self.forums[forum].room]
        return self.knows_forum(who, forum) and self.takes_part(who, room) and not room.archived

    def may_moderate(self, who: str, key: int) -> bool:
        room = self.room_of(key)
        return self.knows_topic(who, key) and self.moderates(who, room) and not room.archived

    def may_hide(self, who: str, key: int) -> bool:
        said = self.posts[key]
        room = self.room_of(said.topic)
        return self.knows_post(who, key) and self.moderates(who, room) and not room.archived and not said.removed_by

    def may_remove(self, who: str, key: int) -> bool:
        said = self.posts[key]
        room = self.room_of(said.topic)
        whose = who == said.author or self.moderates(who, room)
        return self.knows_post(who, key) and whose and not room.archived and not said.removed_by
