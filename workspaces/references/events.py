"""What happens about references, and how it reads on the trail of each company: of another company nobody is named there."""

from portal.kernel.events import kind

INVITED = kind(
    "reference.invited",
    "A client was asked whether they would be a reference",
    "%(actor)s asked %(name)s to be a reference",
    group="people",
    icon="people",
    ours=True,
)
AGREED = kind(
    "reference.agreed",
    "A client said yes to being a reference",
    "%(name)s said yes to being a reference",
    group="people",
    icon="people",
    ours=True,
)
REFUSED = kind(
    "reference.refused",
    "A client does not want to be a reference, or not any more",
    "%(name)s said no to being a reference",
    group="people",
    icon="people",
    ours=True,
)
ASKED = kind(
    "reference.asked",
    "A reference was asked for a talk with somebody of another company",
    "%(actor)s asked %(name)s, a reference, for a talk",
    group="people",
    icon="people",
    ours=True,
)
SOUGHT = kind(
    "reference.sought",
    "A reference was sought for somebody of this company",
    "%(actor)s asked a reference for a talk with %(name)s",
    group="people",
    icon="people",
    ours=True,
)
ANSWERED = kind(
    "reference.answered",
    "A reference said yes or no to a talk",
    "%(name)s, a reference, said %(what)s to a talk",
    group="people",
    icon="people",
    spoken=("what",),
    ours=True,
)
HEARD = kind(
    "reference.heard",
    "A reference that was sought for somebody of this company said yes or no",
    "A reference said %(what)s to a talk with %(name)s",
    group="people",
    icon="people",
    spoken=("what",),
    ours=True,
)
INTRODUCED = kind(
    "reference.introduced",
    "A reference and who sought one were introduced",
    "%(actor)s introduced %(name)s to somebody of another company",
    group="people",
    icon="people",
    ours=True,
)
ENDED = kind(
    "reference.ended",
    "A talk with a reference is not asked for any more",
    "A talk of %(name)s with somebody of another company is not asked for any more",
    group="people",
    icon="people",
    ours=True,
)
