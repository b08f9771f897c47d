"""What happens to workspaces and their people, and how it reads on the trail."""

from portal.kernel.events import kind

WORKSPACE_OPENED = kind(
    "workspace.opened", "A workspace was opened", "%(actor)s opened the workspace “%(title)s”", group="account", icon="briefcase"
)
WORKSPACE_CHANGED = kind(
    "workspace.changed",
    "A workspace's title, purpose or settings changed",
    "%(actor)s changed the workspace: %(fields)s",
    spoken=("fields",),
    group="account",
    icon="briefcase",
)
WORKSPACE_ARCHIVED = kind(
    "workspace.archived", "A workspace was archived", "%(actor)s archived the workspace “%(title)s”", group="account", icon="archive"
)
WORKSPACE_RESTORED = kind(
    "workspace.restored",
    "An archived workspace was opened again",
    "%(actor)s opened the workspace “%(title)s” again",
    group="account",
    icon="briefcase",
)
INVITED = kind("member.invited", "Somebody was invited", "%(actor)s invited %(name)s", group="people", icon="mail")
INVITATION_REVOKED = kind(
    "invitation.revoked", "An invitation was withdrawn", "%(actor)s withdrew the invitation of %(name)s", group="people", icon="mail"
)
INVITATION_SENT_AGAIN = kind(
    "invitation.resent", "An invitation was sent again", "%(actor)s sent %(name)s the invitation again", group="people", icon="mail"
)
INVITATION_CORRECTED = kind(
    "invitation.corrected",
    "The address of an invitation was corrected after its mail came back",
    "%(actor)s corrected the address of %(name)s",
    group="people",
    icon="mail",
)
INVITATION_DECLINED = kind(
    "invitation.declined", "Somebody declined an invitation", "%(name)s declined the invitation", group="people", icon="mail"
)
JOINED = kind("member.joined", "Somebody joined a workspace", "%(name)s joined “%(title)s”", group="people", icon="people")
LEFT = kind("member.left", "Somebody left a workspace", "%(name)s left “%(title)s”", group="people", icon="people")
REMOVED = kind(
    "member.removed",
    "Somebody was removed from a workspace",
    "%(actor)s removed %(name)s from “%(title)s”",
    group="people",
    icon="people",
)
LIMITED = kind(
    "member.limited",
    "A membership was given a last day",
    "%(actor)s lets %(name)s into “%(title)s” until %(until)s",
    group="people",
    icon="clock",
)
LASTING = kind(
    "member.lasting",
    "A membership has no last day any more",
    "%(actor)s lets %(name)s into “%(title)s” without an end",
    group="people",
    icon="people",
)
EXPIRED = kind(
    "member.expired", "The time of a member was over", "The time of %(name)s in “%(title)s” was over", group="people", icon="people"
)
ROLE_CHANGED = kind(
    "member.changed", "A member's role changed", "%(actor)s made %(name)s %(role)s", group="people", icon="people", spoken=("role",)
)
SEEN = kind(
    "member.seen",
    "A member of a community agreed to be seen by the people of other companies",
    "%(name)s lets the other companies in “%(title)s” see who they are",
    group="people",
    icon="eye",
    ours=True,
)
UNSEEN = kind(
    "member.unseen",
    "A member of a community does not want to be seen by the people of other companies",
    "%(name)s does not let the other companies in “%(title)s” see who they are",
    group="people",
    icon="eye",
    ours=True,
)
GROUP_CHANGED = kind(
    "group.changed", "A group was made, changed or removed", "%(actor)s changed the group “%(name)s”", group="people", icon="people"
)
VIEWED = kind(
    "workspace.viewed",
    "Somebody of the team looked at a workspace as a client",
    "%(actor)s looked at “%(title)s” as %(name)s",
    spoken=("name",),
    group="people",
    icon="eye",
    ours=True,
)
PAUSED = kind(
    "member.paused",
    "Somebody was asked to be silent in a workspace until a day",
    "%(actor)s paused %(name)s in “%(title)s” until %(until)s: %(reason)s",
    group="people",
    icon="pause",
)
PAUSE_ENDED = kind(
    "member.unpaused",
    "Somebody may write in a workspace again before the day came",
    "%(actor)s lets %(name)s write in “%(title)s” again",
    group="people",
    icon="people",
)

# What is put under Start here or taken from it, by what it is.
PINNED = {
    "file": kind("file.pinned", "A file was put under Start here", "%(actor)s put %(name)s under Start here", group="files", icon="pin"),
    "topic": kind("topic.featured", "A discussion was put under Start here", "%(actor)s put “%(name)s” under Start here", icon="pin"),
    "plan": kind("plan.featured", "The plan was put under Start here", "%(actor)s put the plan under Start here", group="plan", icon="pin"),
}
UNPINNED = {
    "file": kind("file.unpinned", "A file was taken from Start here", "%(actor)s took %(name)s from Start here", group="files", icon="pin"),
    "topic": kind("topic.unfeatured", "A discussion was taken from Start here", "%(actor)s took “%(name)s” from Start here", icon="pin"),
    "plan": kind(
        "plan.unfeatured", "The plan was taken from Start here", "%(actor)s took the plan from Start here", group="plan", icon="pin"
    ),
}
